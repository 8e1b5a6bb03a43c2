using Connections.Connectors;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.MySql;

public sealed class MySignInTests : IAsyncLifetime
{
    private MariaDbServer server = null!;
    private MyDatabase database = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(MariaDbServer.Available, "MariaDB's binaries are not installed");
        server = await MariaDbFixture.Prepared();
        database = new MyDatabase(server);
    }

    [Fact]
    public async Task Account_and_connection_limit_errors_are_converted()
    {
        await server.Sql("CREATE USER locked@'%' IDENTIFIED BY 'locked-pw' ACCOUNT LOCK");
        await server.Sql("CREATE USER expired@'%' IDENTIFIED BY 'expired-pw' PASSWORD EXPIRE; GRANT ALL ON shop.* TO expired@'%'");
        await server.Sql("CREATE USER stranger@'%' IDENTIFIED BY 'stranger-pw'");
        await server.Sql("CREATE USER few@'%' IDENTIFIED BY 'few-pw' WITH MAX_CONNECTIONS_PER_HOUR 1; GRANT ALL ON shop.* TO few@'%'");
        Assert.Equal((FailureKind.ReauthRequired, "is locked"), await SignInFailure("locked", "locked-pw", "is locked"));
        Assert.Equal((FailureKind.ReauthRequired, "SET PASSWORD"), await SignInFailure("expired", "expired-pw", "SET PASSWORD", step: "identify"));
        Assert.Equal((FailureKind.Forbidden, "may not connect"), await SignInFailure("stranger", "stranger-pw", "may not connect"));
        await database.Probe(database.Use(version: 0, user: "few", password: "few-pw"));
        Assert.Equal((FailureKind.Throttled, "connection limit"), await SignInFailure("few", "few-pw", "connection limit"));
    }

    [Fact]
    public async Task A_server_at_its_connection_limit_throttles()
    {
        await server.Restart("--max-connections=10", "--extra-max-connections=5");
        await using var still = new MyDatabase(server, clock: new FakeTimeProvider());
        await using var another = new MyDatabase(server, clock: new FakeTimeProvider());
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => still.Run("SELECT SLEEP(0.5)")));
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => another.Run("SELECT SLEEP(0.5)")));
        Assert.Contains(results, r => r is ConnectorResult.Failed { Kind: FailureKind.Throttled, Delivered: Delivered.No, RetryAfter: not null });
    }

    public async ValueTask DisposeAsync()
    {
        if (database is not null) await database.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    private async Task<(FailureKind, string)> SignInFailure(string user, string password, string expected, string step = "signIn")
    {
        var probe = await database.Probe(database.Use(version: 0, user: user, password: password));
        Assert.Contains(expected, probe.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(step, probe.Steps[^1].Name);
        return (probe.Failure.Kind, expected);
    }
}
