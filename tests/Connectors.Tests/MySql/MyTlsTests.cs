using Connections.Connectors;
using Connections.Domain;
using TestServers;

namespace Connectors.Tests.MySql;

public sealed class MyTlsFixture : IAsyncLifetime
{
    public MariaDbServer? Server { get; private set; }

    public MariaDbServer? Plain { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!MariaDbServer.Available) return;
        Server = await MariaDbFixture.Prepared();
        Plain = await MariaDbFixture.Prepared();
        await Plain.Restart("--skip-ssl");
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
        if (Plain is not null) await Plain.DisposeAsync();
    }
}

public sealed class MyTlsTests(MyTlsFixture fixture) : IClassFixture<MyTlsFixture>, IAsyncLifetime
{
    private MariaDbServer server = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(MariaDbServer.Available, "MariaDB's binaries are not installed");
        server = fixture.Server!;
        await server.UseCertificate(expired: false, MariaDbFixture.Host);
    }

    [Theory]
    [InlineData("disable", false, false)]
    [InlineData("prefer", false, true)]
    [InlineData("require", false, true)]
    [InlineData("require", true, true)]
    [InlineData("verify-full", true, true)]
    public async Task An_encrypting_server_is_used_according_to_the_tls_setting(string tls, bool authority, bool encrypted)
    {
        await using var database = Database(tls, authority ? server.Certificates.AuthorityPem : null);
        Assert.True((await database.Probe()).Ok);
        var cipher = (await database.Query("SHOW STATUS LIKE 'Ssl_cipher'")).GetProperty("rows")[0][1].GetString();
        Assert.Equal(encrypted, cipher!.Length > 0);
    }

    [Theory]
    [InlineData("disable", null)]
    [InlineData("prefer", null)]
    [InlineData("require", "does not encrypt")]
    [InlineData("verify-full", "does not encrypt")]
    public async Task A_server_that_does_not_encrypt(string tls, string? expected)
    {
        await using var database = new MyDatabase(fixture.Plain!, tls: tls, ca: server.Certificates.AuthorityPem);
        await AssertProbe(database, expected);
    }

    [Theory]
    [InlineData("prefer", null)]
    [InlineData("require", null)]
    [InlineData("verify-full", "expired")]
    public async Task A_certificate_that_has_expired(string tls, string? expected)
    {
        await server.UseCertificate(expired: true, MariaDbFixture.Host);
        await using var database = Database(tls, expected is null ? null : server.Certificates.AuthorityPem);
        await AssertProbe(database, expected);
    }

    [Theory]
    [InlineData("require", null)]
    [InlineData("verify-full", "not for my.test, but for elsewhere.test")]
    public async Task A_certificate_for_another_name(string tls, string? expected)
    {
        await server.UseCertificate(expired: false, "elsewhere.test");
        await using var database = Database(tls, server.Certificates.AuthorityPem);
        await AssertProbe(database, expected);
    }

    [Fact]
    public async Task A_certificate_for_the_dialled_address_is_not_valid_for_the_name()
    {
        await server.UseCertificate(expired: false, "127.0.0.1", "localhost");
        await using var database = Database("verify-full", server.Certificates.AuthorityPem);
        await AssertProbe(database, "not for my.test, but for");
        await using var typed = Database("verify-full", server.Certificates.AuthorityPem);
        typed.Settings["host"] = "127.0.0.1";
        await AssertProbe(typed, null);
    }

    [Theory]
    [InlineData("require", "not by the CA certificate given")]
    [InlineData("verify-full", "not by the CA certificate given")]
    public async Task A_certificate_of_another_authority(string tls, string expected)
    {
        using var other = new TestCertificates("Another CA");
        await using var database = Database(tls, other.AuthorityPem);
        await AssertProbe(database, expected);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority()
    {
        await using var database = Database("verify-full", null);
        await AssertProbe(database, "does not know");
    }

    [Fact]
    public async Task A_user_who_must_encrypt_gets_an_explanation()
    {
        await server.Sql("CREATE USER IF NOT EXISTS safe@'%' IDENTIFIED BY 'safe-password' REQUIRE SSL; GRANT ALL ON shop.* TO safe@'%'");
        await using var database = Database("disable", null);
        var probe = await database.Probe(database.Use(user: "safe", password: "safe-password"));
        Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
        Assert.Contains("tls \"require\"", probe.Failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private MyDatabase Database(string tls, string? authority) => new(server, tls: tls, ca: authority);

    private static async Task AssertProbe(MyDatabase database, string? expected)
    {
        var probe = await database.Probe();
        var run = await database.Run("SELECT 1");
        if (expected is null)
        {
            Assert.Null(probe.Failure?.Message);
            Assert.IsType<ConnectorResult.Done>(run);
            return;
        }

        Assert.Equal((FailureKind.Unavailable, Delivered.No), (probe.Failure!.Kind, probe.Failure.Delivered));
        Assert.Contains(expected, probe.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(("tls", "unavailable"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
        Assert.Equal(probe.Failure.Message, Assert.IsType<ConnectorResult.Failed>(run).Message);
    }
}
