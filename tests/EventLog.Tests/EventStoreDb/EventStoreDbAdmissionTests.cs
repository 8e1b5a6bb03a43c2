using EventSourcing;
using EventSourcing.EventStoreDb;
using Microsoft.Extensions.Logging;
using TestServers;

namespace EventLog.Tests.EventStoreDb;

/// <summary>Settings that the server or the client rejects fail at once, with a message that names the remedy.</summary>
public sealed class EventStoreDbAdmissionTests : EventStoreDbFixture
{
    private readonly TestCertificates certificates = new();

    [Fact]
    public async Task The_right_user_is_accepted()
    {
        var server = await Launch("--user", "some", "--password", "hunter2");
        await Open($"esdb://some:hunter2@127.0.0.1:{server.Port}?tls=false").Append("s-1", Revision.NoStream, [Event()], Ct);
    }

    [Theory]
    [InlineData("some:hunter3@", "does not accept the user some or the password")]
    [InlineData("other:hunter3@", "does not accept the user other or the password")]
    [InlineData("", "denies callers without a user what the log needs")]
    public async Task A_wrong_user_is_rejected_at_once_with_the_remedy(string user, string expected)
    {
        var server = await Launch("--user", "some", "--password", "hunter2");
        var log = Open($"esdb://{user}127.0.0.1:{server.Port}?tls=false");

        await Refused(() => log.Reach(Ct), expected);
        await Refused(() => log.Append("s-1", Revision.NoStream, [Event()], Ct), expected);
        await Refused(() => log.Read("s-1", Ct), expected);
        await Refused(() => log.Subscribe([], Position.Start, Ct).GetAsyncEnumerator(Ct).MoveNextAsync().AsTask(), expected);
    }

    [Fact]
    public async Task A_certificate_of_the_named_authority_is_accepted()
    {
        var server = await WithTls("127.0.0.1");
        await Tls(server, $"tlsCaFile={Write("ca.pem", certificates.AuthorityPem)}").Append("s-1", Revision.NoStream, [Event()], Ct);
    }

    [Fact]
    public async Task An_unknown_certificate_is_accepted_if_configured()
    {
        var server = await WithTls("127.0.0.1");
        await Tls(server, "tlsVerifyCert=false").Append("s-1", Revision.NoStream, [Event()], Ct);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_rejected_at_once()
    {
        using var others = new TestCertificates("Another CA");
        var server = await WithTls("127.0.0.1");
        await Refused(() => Tls(server, $"tlsCaFile={Write("other.pem", others.AuthorityPem)}").Reach(Ct), "tlsCaFile");
        await Refused(() => Tls(server, "tlsVerifyCert=true").Reach(Ct), "tlsCaFile");
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_rejected_at_once()
    {
        var server = await WithTls("elsewhere.example");
        var log = Tls(server, $"tlsCaFile={Write("ca.pem", certificates.AuthorityPem)}");
        await Refused(() => log.Reach(Ct), "connect by a name in the certificate");
    }

    [Fact]
    public async Task A_server_with_TLS_that_is_called_without_is_hinted_at()
    {
        var server = await WithTls("127.0.0.1");
        _ = Open($"esdb://127.0.0.1:{server.Port}?tls=false").Reach(Ct);
        await Until.Holds(() => Logged.At(LogLevel.Warning).Any(), "the outage is logged");
        var warning = Assert.Single(Logged.At(LogLevel.Warning));
        Assert.Contains("If it expects TLS, remove tls=false", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_run_is_not_said_to_expect_TLS()
    {
        var server = await Prepare();
        _ = Open($"esdb://127.0.0.1:{server.Port}?tls=false").Reach(Ct);
        await Until.Holds(() => Logged.At(LogLevel.Warning).Any(), "the outage is logged");
        Assert.DoesNotContain("TLS", Assert.Single(Logged.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_a_certificate_is_rejected_by_its_key()
    {
        var log = Open($"esdb://127.0.0.1:1?tlsCaFile={Write("none.pem", "nothing")}");
        await Refused(() => log.Reach(Ct), "as tlsCaFile cannot be read");
    }

    private static async Task Refused(Func<Task> call, string expected)
    {
        var refused = await Assert.ThrowsAsync<EventStoreDbSettingsException>(call);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", refused.ToString(), StringComparison.Ordinal);
    }

    private EventStoreDbEventLog Tls(EventStoreDoubleServer server, string settings) => Open($"esdb://127.0.0.1:{server.Port}?{settings}");

    private async Task<EventStoreDoubleServer> WithTls(string name)
    {
        var (certificate, key) = certificates.Issue(expired: false, name);
        return await Launch("--certificate", Write("server.crt", certificate), "--key", Write("server.key", key));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
