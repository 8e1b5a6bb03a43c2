using Connections.Connectors;
using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Postgres;

public sealed class TlsFixture : IAsyncLifetime
{
    public PostgresServer? Server { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Available) Server = await PostgresFixture.Prepared();
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}

public sealed class TlsTests(TlsFixture fixture) : IClassFixture<TlsFixture>, IAsyncLifetime
{
    private PostgresServer server = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgresServer.Available, "PostgreSQL's binaries are not installed");
        server = fixture.Server!;
        await server.UseTls(on: true);
        await server.UseCertificate(expired: false, PostgresFixture.Host);
        await server.UseRules("host all all 127.0.0.1/32 scram-sha-256");
    }

    [Theory]
    [InlineData("disable", false, "false")]
    [InlineData("prefer", false, "true")]
    [InlineData("require", false, "true")]
    [InlineData("require", true, "true")]
    [InlineData("verify-full", true, "true")]
    public async Task An_encrypting_server_is_used_according_to_the_tls_setting(string tls, bool authority, string encrypted)
    {
        await using var database = Database(tls, authority ? server.Certificates.AuthorityPem : null);
        Assert.True((await database.Probe()).Ok);
        Assert.Equal(encrypted, await database.Value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
    }

    [Theory]
    [InlineData("disable", null)]
    [InlineData("prefer", null)]
    [InlineData("require", "does not encrypt")]
    [InlineData("verify-full", "does not encrypt")]
    public async Task A_server_that_does_not_encrypt(string tls, string? expected)
    {
        await server.UseTls(on: false);
        await using var database = Database(tls, server.Certificates.AuthorityPem);
        await AssertProbe(database, expected);
    }

    [Theory]
    [InlineData("prefer", null)]
    [InlineData("require", null)]
    [InlineData("verify-full", "expired")]
    public async Task A_certificate_that_has_expired(string tls, string? expected)
    {
        await server.UseCertificate(expired: true, PostgresFixture.Host);
        await using var database = Database(tls, expected is null ? null : server.Certificates.AuthorityPem);
        await AssertProbe(database, expected);
    }

    [Theory]
    [InlineData("require", null)]
    [InlineData("verify-full", "not for db.test, but for elsewhere.test")]
    public async Task A_certificate_for_another_name(string tls, string? expected)
    {
        await server.UseCertificate(expired: false, "elsewhere.test");
        await using var database = Database(tls, server.Certificates.AuthorityPem);
        await AssertProbe(database, expected);
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
    public async Task An_address_may_be_typed_where_the_certificate_names_it()
    {
        await server.UseCertificate(expired: false, "127.0.0.1");
        await using var database = Database("verify-full", server.Certificates.AuthorityPem);
        database.Settings["host"] = "127.0.0.1";
        Assert.True((await database.Probe()).Ok);
    }

    [Fact]
    public async Task An_invalid_CA_certificate_is_reported()
    {
        await using var database = Database("verify-full", "-----BEGIN NONSENSE-----");
        Assert.Equal(FailureKind.InvalidInput, (await database.Probe()).Failure!.Kind);
    }

    [Fact]
    public async Task A_server_that_requires_encryption_gets_an_explanation()
    {
        await server.UseRules("hostssl all all 127.0.0.1/32 scram-sha-256");
        await using var database = Database("disable", null);
        var probe = await database.Probe();
        Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
        Assert.Contains("pg_hba.conf", probe.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("tls \"require\"", probe.Failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Database Database(string tls, string? authority) => new(server, tls: tls, ca: authority);

    private static async Task AssertProbe(Database database, string? expected)
    {
        var probe = await database.Probe();
        var run = await database.Run("SELECT 1");
        if (expected is null)
        {
            Assert.True(probe.Ok);
            Assert.IsType<ConnectorResult.Done>(run);
            return;
        }

        Assert.Equal((FailureKind.Unavailable, Delivered.No), (probe.Failure!.Kind, probe.Failure.Delivered));
        Assert.Contains(expected, probe.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(("tls", "unavailable"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
        Assert.Equal(probe.Failure.Message, Assert.IsType<ConnectorResult.Failed>(run).Message);
    }
}
