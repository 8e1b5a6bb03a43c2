using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MySql;
using TestServers;

namespace Connectors.Tests.Tls;

public sealed class MySqlChainTests(MyTlsFixture fixture) : DatabaseChainContract, IClassFixture<MyTlsFixture>
{
    private MyDatabase? database;

    protected override string Host => MariaDbFixture.Host;

    public override ValueTask InitializeAsync()
    {
        Assert.SkipUnless(MariaDbServer.Available, "MariaDB's binaries are not installed");
        return base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (database is not null) await database.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override Task Present((string Certificate, string Key) server, params string[] chain) =>
        fixture.Server!.UseCertificate(string.Join('\n', [server.Certificate, .. chain]), server.Key);

    protected override async Task<ProbeResult> Probe(string tls, string? ca)
    {
        if (database is not null) await database.DisposeAsync();
        database = new MyDatabase(fixture.Server!, tls: tls, ca: ca);
        return await database.Probe();
    }

    protected override Task Query() => database!.Query("SELECT 1");

    protected override async Task Cancel() => Assert.Equal(
        FailureKind.Timeout,
        Assert.IsType<ConnectorResult.Failed>(await database!.Run("SELECT SLEEP(60)", timeout: TimeSpan.FromSeconds(2))).Kind);
}
