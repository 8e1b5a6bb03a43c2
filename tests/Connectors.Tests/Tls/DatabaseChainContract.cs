using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.Databases;
using Connectors.Tests.MySql;
using Connectors.Tests.Postgres;

namespace Connectors.Tests.Tls;

/// <summary>The chain contract for the values of the setting <c>tls</c>.</summary>
public abstract class DatabaseChainContract<TDialect>(DatabaseFixture<TDialect> fixture) : ChainContract, IClassFixture<DatabaseFixture<TDialect>>
    where TDialect : DatabaseDialect, new()
{
    private TestDatabase? database;

    protected override string Host => fixture.Dialect.Host;

    public override ValueTask InitializeAsync()
    {
        Assert.SkipUnless(fixture.Dialect.Available, "The server's binaries are not installed");
        return base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (database is not null) await database.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData("prefer", false)]
    [InlineData("prefer", true)]
    [InlineData("require", false)]
    [InlineData("require", true)]
    public async Task Without_verification_nothing_that_a_certificate_names_is_fetched(string tls, bool sendsIntermediates)
    {
        await Present(Issuer.Issue(Host), sendsIntermediates ? [Issuer.Pem, Middle.Pem] : []);
        Assert.Null((await Probe(tls, null)).Failure?.Message);
        await database!.Query("SELECT 1");
        Assert.Equal(0, await Listener.CountConnections());
        AssertNothingStored();
    }

    [Fact]
    public async Task Require_with_a_CA_certificate_uses_the_intermediates_that_the_server_sends()
    {
        await Present(Issuer.Issue("elsewhere.test"), Issuer.Pem, Middle.Pem);
        Assert.Null((await Probe("require", Root.Pem)).Failure?.Message);
        await database!.Query("SELECT 1");
        Assert.Equal(0, await Listener.CountConnections());
    }

    [Fact]
    public async Task Require_with_a_CA_certificate_fetches_no_missing_intermediate()
    {
        Listener.Body = Issuer.Der;
        await Present(Issuer.Issue(Host), Middle.Pem);
        var probe = await Probe("require", Root.Pem);
        Assert.Contains("the server does not send its whole chain", probe.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Listener.CountConnections());
    }

    [Fact]
    public async Task A_cancelled_statement_fetches_nothing()
    {
        await Present(Issuer.Issue(Host));
        Assert.Null((await Probe("prefer", null)).Failure?.Message);
        await Cancel();
        Assert.Equal(0, await Listener.CountConnections());
    }

    protected override Task Present((string Certificate, string Key) server, params string[] chain) =>
        fixture.Server.UseCertificate(string.Join('\n', [server.Certificate, .. chain]), server.Key);

    protected override async Task<ProbeResult> Probe(string tls, string? ca)
    {
        if (database is not null) await database.DisposeAsync();
        database = fixture.Dialect.Connect(fixture.Server, tls: tls, ca: ca);
        return await database.Probe();
    }

    private async Task Cancel() => Assert.Equal(
        FailureKind.Timeout,
        Assert.IsType<ConnectorResult.Failed>(
            await database!.Run($"SELECT {fixture.Dialect.Sleep("60")}", timeout: TimeSpan.FromSeconds(2))).Kind);
}

public sealed class PostgresChainTests(DatabaseFixture<PostgresDialect> fixture) : DatabaseChainContract<PostgresDialect>(fixture);

public sealed class MySqlChainTests(DatabaseFixture<MariaDbDialect> fixture) : DatabaseChainContract<MariaDbDialect>(fixture);
