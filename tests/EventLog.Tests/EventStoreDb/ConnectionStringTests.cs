using EventSourcing.EventStoreDb;

namespace EventLog.Tests.EventStoreDb;

public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("esdb://localhost", "localhost:2113", false, true)]
    [InlineData("esdb://localhost:2114/", "localhost:2114", false, true)]
    [InlineData("esdb://10.0.0.1:2113?tls=false", "10.0.0.1:2113", false, false)]
    [InlineData("esdb://a:1,b:2,c?tls=false", "a:1, b:2, c:2113", true, false)]
    [InlineData("esdb+discover://cluster.example:2113", "cluster.example:2113", true, true)]
    [InlineData("esdb://admin:changeit@node/?TLS=FALSE", "node:2113", false, false)]
    public void Hosts_are_parsed_as_by_the_official_client(string text, string places, bool discovers, bool tls)
    {
        var parsed = ConnectionString.Parse(text);

        Assert.Equal((places, discovers, tls), (parsed.Places, parsed.Discovers, parsed.Tls));
    }

    [Theory]
    [InlineData("esdb://some:hun@ter2@node", "hun@ter2", "node:2113")]
    [InlineData("esdb://some:@hunter2@@node:2114?tls=false", "@hunter2@", "node:2114")]
    [InlineData("esdb://some:hunter2@node@a,b", "hunter2@node", "a:2113, b:2113")]
    [InlineData("esdb://some:hun/ter@2@node/", "hun/ter@2", "node:2113")]
    [InlineData("esdb+discover://some:@@cluster.example", "@", "cluster.example:2113")]
    public void A_password_with_an_at_sign_is_not_taken_for_a_host(string text, string password, string places)
    {
        var parsed = ConnectionString.Parse(text);

        Assert.Equal(("some", password, places), (parsed.User, parsed.Password, parsed.Places));
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var parsed = ConnectionString.Parse(
            "esdb+discover://some:wo%72d@a,b?tlsVerifyCert=false&tlsCaFile=/ca.pem&nodePreference=Follower"
            + "&keepAliveInterval=-1&keepAliveTimeout=7&defaultDeadline=3&discoveryInterval=4"
            + "&maxDiscoverAttempts=5&gossipTimeout=6&connectionName=us&throwOnAppendFailure=true"
            + "&userCertFile=/c.pem&userKeyFile=/k.pem");

        Assert.Equal(("some", "wo%72d"), (parsed.User, parsed.Password));
        Assert.Equal((false, "/ca.pem", "/c.pem", "/k.pem"),
            (parsed.VerifiesCertificate, parsed.CaFile, parsed.UserCertificateFile, parsed.UserKeyFile));
        Assert.Equal((NodePreference.Follower, "us", 5), (parsed.Prefers, parsed.ConnectionName, parsed.MaxDiscoverAttempts));
        Assert.Equal((null, 7, 3, 4, 6), (
            parsed.KeepAliveInterval, parsed.KeepAliveTimeout!.Value.Milliseconds, parsed.DefaultDeadline.Milliseconds,
            parsed.DiscoveryInterval.Milliseconds, parsed.GossipTimeout.Milliseconds));
    }

    [Fact]
    public void Defaults_are_those_of_the_official_client()
    {
        var parsed = ConnectionString.Parse("esdb://localhost");

        Assert.Equal((null, null, true, NodePreference.Leader), (parsed.User, parsed.Password, parsed.VerifiesCertificate, parsed.Prefers));
        Assert.Equal((10_000, 10_000, 10_000, 100, 5_000, 10), (
            parsed.KeepAliveInterval!.Value.TotalMilliseconds, parsed.KeepAliveTimeout!.Value.TotalMilliseconds,
            parsed.DefaultDeadline.TotalMilliseconds, parsed.DiscoveryInterval.TotalMilliseconds, parsed.GossipTimeout.TotalMilliseconds,
            parsed.MaxDiscoverAttempts));
    }

    [Theory]
    [InlineData("", "esdb://")]
    [InlineData("localhost:2113", "esdb://")]
    [InlineData("http://localhost", "esdb://")]
    [InlineData("ESDB://localhost", "esdb://")]
    [InlineData("esdb://", "a host")]
    [InlineData("esdb://a,,b", "a host")]
    [InlineData("esdb://::1", "a host")]
    [InlineData("esdb://a:x", "port of the host a")]
    [InlineData("esdb://a:0", "port of the host a")]
    [InlineData("esdb://a:70000", "port of the host a")]
    [InlineData("esdb://a/path", "between the hosts and the settings")]
    [InlineData("esdb://hunter2@a", "user:password")]
    [InlineData("esdb://some:hunter2:more@a", "user:password")]
    [InlineData("esdb://some:x?hunter2@a", "must not contain a question mark")]
    [InlineData("esdb://some:x@y?hunter2@a", "must not contain a question mark")]
    [InlineData("esdb://some:hunter2?@a", "must not contain a question mark")]
    [InlineData("esdb://some:x?y=hunter2@a?tls=false", "must not contain a question mark")]
    [InlineData("esdb://a?colour=red", "colour is unknown")]
    [InlineData("esdb://a?tls=false&TLS=false", "TLS is given twice")]
    [InlineData("esdb://a?tls", "the setting tls must have the form key=value")]
    [InlineData("esdb://a?tls=", "the setting tls must have the form key=value")]
    [InlineData("esdb://a?connectionName=x=y", "the setting connectionName must have the form key=value")]
    [InlineData("esdb://a?tls=maybe", "tls must be true or false")]
    [InlineData("esdb://a?gossipTimeout=0", "gossipTimeout must be a whole number of at least 1")]
    [InlineData("esdb://a?keepAliveInterval=0", "keepAliveInterval must be a number of milliseconds, or -1")]
    [InlineData("esdb://a?keepAliveTimeout=-2", "keepAliveTimeout must be a whole number of at least -1")]
    [InlineData("esdb://a?defaultDeadline=soon", "defaultDeadline must be a whole number")]
    [InlineData("esdb://a?maxDiscoverAttempts=0", "maxDiscoverAttempts must be a whole number of at least 1")]
    [InlineData("esdb://a?nodePreference=best", "nodePreference must be leader")]
    [InlineData("esdb://a?throwOnAppendFailure=false", "throwOnAppendFailure must be true")]
    [InlineData("esdb://a?userCertFile=/c.pem", "userCertFile and userKeyFile")]
    public void An_invalid_part_is_named_and_the_password_is_never_quoted(string text, string expected)
    {
        var refused = Assert.Throws<EventStoreDbSettingsException>(() => ConnectionString.Parse(text));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }
}
