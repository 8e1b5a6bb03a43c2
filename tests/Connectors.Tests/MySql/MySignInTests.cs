using Connections.Connectors;
using Connections.Connectors.Databases;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.MySql;

public sealed class MySignInTests : IAsyncLifetime
{
    private const string Wrong = "canary-wrong-91c2";
    private MariaDbServer server = null!;
    private MyDatabase database = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(MariaDbServer.Available, "MariaDB's binaries are not installed");
        server = await MariaDbFixture.Prepared();
        database = new MyDatabase(server);
    }

    [Fact]
    public async Task A_hundred_activities_with_a_wrong_password_make_one_attempt()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => database.Run("SELECT 1", use: database.Use(password: Wrong))));
        var failures = results.Select(r => Assert.IsType<ConnectorResult.Failed>(r)).ToList();
        Assert.All(failures, f => Assert.Equal((FailureKind.ReauthRequired, Delivered.No), (f.Kind, f.Delivered)));
        Assert.Single(failures, f => f.Attempted);
        Assert.Equal(1, Refusals());
    }

    [Fact]
    public async Task Rejected_credentials_are_tested_only_by_people_and_once_each()
    {
        await database.Run("SELECT 1", use: database.Use(password: Wrong));
        Assert.False((await database.Probe(database.Use(password: Wrong))).Failure!.Attempted);
        Assert.Equal(1, Refusals());
        Assert.True((await database.Probe(database.Use(password: Wrong), byPerson: true)).Failure!.Attempted);
        Assert.Equal(2, Refusals());

        await server.SetPassword("app", Wrong);
        Assert.True((await database.Probe(database.Use(password: Wrong), byPerson: true)).Ok);
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1", use: database.Use(password: Wrong)));
    }

    [Fact]
    public async Task A_password_changed_under_a_live_pool_is_tried_once_and_a_new_version_works()
    {
        var session = await database.Value("SELECT CONNECTION_ID()");
        await server.SetPassword("app", "another");
        try
        {
            await server.Sql($"KILL {session}");
        }
        catch (MySqlConnector.MySqlException)
        {
            // The session has already ended.
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => database.Run("SELECT 1")));
        Assert.All(results, r => Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(r).Kind));
        Assert.Equal(1, Refusals());
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1", use: database.Use(version: 2, password: "another")));
    }

    [Fact]
    public async Task A_new_version_closes_the_connections_of_the_old()
    {
        await using var still = new MyDatabase(server, clock: new FakeTimeProvider());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => still.Run("SELECT SLEEP(0.05)")));
        await still.Run("SELECT 1", use: still.Use(version: 2));
        await Connected(1);
        await still.Run("SELECT 1");
        await Connected(1);
        Assert.Equal(1, still.Pools.Count);
    }

    [Fact]
    public async Task A_session_stays_open_between_consecutive_activities_and_closes_in_a_pause()
    {
        var clock = new FakeTimeProvider();
        await using var still = new MyDatabase(server, clock: clock);
        var first = await still.Value("SELECT CONNECTION_ID()");
        Assert.Equal(first, await still.Value("SELECT CONNECTION_ID()"));
        await server.SetPassword("app", "another");
        clock.Advance(SessionLife.Linger);
        await Connected(0);
        Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(await still.Run("SELECT 1")).Kind);
    }

    [Fact]
    public async Task Calls_succeed_again_after_a_server_restart()
    {
        await using var still = new MyDatabase(server, clock: new FakeTimeProvider());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => still.Run("SELECT SLEEP(0.05)")));
        await server.Restart();
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => still.Run("SELECT 1"))), r => Assert.IsType<ConnectorResult.Done>(r));
    }

    [Fact]
    public async Task A_call_to_a_stopped_server_is_not_delivered()
    {
        await server.Stop();
        var first = Assert.IsType<ConnectorResult.Failed>(await database.Run("SELECT 1"));
        Assert.Equal((FailureKind.Unavailable, Delivered.No, true), (first.Kind, first.Delivered, first.Attempted));
        await server.Start();
        Assert.True((await database.Probe()).Ok);
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1"));
    }

    [Fact]
    public async Task A_write_may_have_happened_if_the_server_was_lost_and_a_read_did_not()
    {
        await using var writing = new MyDatabase(server, allowWrites: true);
        var write = writing.Run("INSERT INTO orders (id) SELECT 1000 + SLEEP(600)");
        var read = database.Run("SELECT SLEEP(600)");
        await Eventually.Holds(
            async () => await server.Sql("SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(600)%' AND user = 'app'") == "2", "they run");
        await server.Stop();
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), await Ended(write));
        Assert.Equal((FailureKind.Unavailable, Delivered.No), await Ended(read));
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

    private static async Task<(FailureKind, Delivered)> Ended(Task<ConnectorResult> running) =>
        Assert.IsType<ConnectorResult.Failed>(await running) is var f ? (f.Kind, f.Delivered) : default;

    private int Refusals() => server.Log().Split("Access denied for user 'app'").Length - 1;

    private Task Connected(int sessions) => Eventually.Holds(
        async () => await server.Sql("SELECT count(*) FROM information_schema.processlist WHERE user = 'app'") == $"{sessions}", $"{sessions} sessions are left");
}
