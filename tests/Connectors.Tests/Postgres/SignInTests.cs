using Connections.Connectors;
using Connections.Connectors.Databases;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.Postgres;

public sealed class SignInTests : IAsyncLifetime
{
    private const string Wrong = "canary-wrong-55e1";
    private PostgresServer server = null!;
    private Database database = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgresServer.Available, "PostgreSQL's binaries are not installed");
        server = await PostgresFixture.Prepared();
        database = new Database(server);
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
        var scheduled = await database.Probe(database.Use(password: Wrong));
        Assert.False(scheduled.Failure!.Attempted);
        Assert.Equal(1, Refusals());

        var byPerson = await database.Probe(database.Use(password: Wrong), byPerson: true);
        Assert.True(byPerson.Failure!.Attempted);
        Assert.Equal(2, Refusals());

        await server.SetPassword("app", Wrong);
        Assert.True((await database.Probe(database.Use(password: Wrong), byPerson: true)).Ok);
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1", use: database.Use(password: Wrong)));
    }

    [Fact]
    public async Task A_password_changed_under_a_live_pool_is_tried_once_and_a_new_version_works()
    {
        await database.Query("SELECT 1");
        await server.SetPassword("app", "another");
        await server.Sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'app'");
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => database.Run("SELECT 1")));
        Assert.All(results, r => Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(r).Kind));
        Assert.Equal(1, Refusals());
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1", use: database.Use(version: 2, password: "another")));
    }

    [Fact]
    public async Task A_new_version_closes_the_connections_of_the_old()
    {
        await using var still = new Database(server, clock: new FakeTimeProvider());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => still.Run("SELECT pg_sleep(0.05)")));
        await still.Run("SELECT 1", use: still.Use(version: 2));
        await Eventually.Holds(async () => await Connected() == "1", "one connection is left");
        await still.Run("SELECT 1");
        await Eventually.Holds(async () => await Connected() == "1", "the old version keeps none");
        Assert.Equal(1, still.Pools.Count);
    }

    [Fact]
    public async Task A_session_stays_open_between_consecutive_activities()
    {
        await using var still = new Database(server, clock: new FakeTimeProvider());
        var first = await still.Value("SELECT pg_backend_pid()");
        Assert.Equal(first, await still.Value("SELECT pg_backend_pid()"));
    }

    [Fact]
    public async Task A_changed_password_is_detected_after_a_pause()
    {
        var clock = new FakeTimeProvider();
        await using var pausing = new Database(server, clock: clock);
        await pausing.Query("SELECT 1");
        await server.SetPassword("app", "another");
        clock.Advance(SessionLife.Linger);
        await Eventually.Holds(async () => await Connected() == "0", "the session is closed");
        Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(await pausing.Run("SELECT 1")).Kind);
    }

    [Fact]
    public async Task Under_steady_load_a_session_survives_short_pauses_but_not_a_longer_one()
    {
        var clock = new FakeTimeProvider();
        await using var steady = new Database(server, clock: clock);
        await steady.Query("SELECT 1");
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await Eventually.Holds(async () => await Connected() == "0", "the session is closed");
        var second = await steady.Value("SELECT pg_backend_pid()");
        clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(second, await steady.Value("SELECT pg_backend_pid()"));

        clock.Advance(TimeSpan.FromMilliseconds(400));
        await Eventually.Holds(async () => await Connected() == "0", "the session is closed");
    }

    [Fact]
    public async Task A_session_has_a_maximum_age_under_constant_load()
    {
        var clock = new FakeTimeProvider();
        await using var busy = new Database(server, clock: clock);
        var first = await busy.Value("SELECT pg_backend_pid()");
        for (var elapsed = TimeSpan.Zero; elapsed < SessionLife.MaxAge; elapsed += SessionLife.Linger / 2)
        {
            clock.Advance(SessionLife.Linger / 2);
            await busy.Query("SELECT 1");
        }

        Assert.NotEqual(first, await busy.Value("SELECT pg_backend_pid()"));
    }

    [Fact]
    public async Task Unused_pools_are_removed()
    {
        var clock = new FakeTimeProvider();
        await using var idle = new Database(server, clock: clock);
        await idle.Query("SELECT 1");
        Assert.Equal("1", await Connected());
        for (var minutes = 0; minutes < 25; minutes++) clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Holds(async () => await Connected() == "0", "the session is closed");
        for (var minutes = 0; minutes < 25; minutes++) clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, idle.Pools.Count);
    }

    [Fact]
    public async Task Calls_succeed_again_after_a_server_restart()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => database.Run("SELECT pg_sleep(0.05)")));
        await server.Restart();
        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => database.Run("SELECT 1"))), r => Assert.IsType<ConnectorResult.Done>(r));
    }

    [Fact]
    public async Task A_call_to_a_stopped_server_is_not_delivered_and_the_circuit_opens()
    {
        await server.Stop();
        var first = Assert.IsType<ConnectorResult.Failed>(await database.Run("SELECT 1"));
        Assert.Equal((FailureKind.Unavailable, Delivered.No, true), (first.Kind, first.Delivered, first.Attempted));
        var later = new List<ConnectorResult.Failed>();
        for (var i = 0; i < 4; i++) later.Add(Assert.IsType<ConnectorResult.Failed>(await database.Run("SELECT 1")));
        Assert.Contains(later, f => !f.Attempted);
        Assert.False((await database.Probe()).Ok);
        await server.Start();
        Assert.True((await database.Probe()).Ok);
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1"));
    }

    [Fact]
    public async Task A_write_did_not_happen_if_the_server_was_lost_before_the_commit()
    {
        await using var writing = new Database(server, allowWrites: true);
        var running = writing.Run("INSERT INTO orders SELECT 1000 FROM pg_sleep(600)");
        await Eventually.Holds(
            async () => await server.Sql("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'INSERT%'") == "1", "it runs");
        await server.Stop();
        var failed = Assert.IsType<ConnectorResult.Failed>(await running);
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Delivered));
        await server.Start();
        Assert.Equal("0", await server.Sql("SELECT count(*) FROM orders WHERE id = 1000", "shop"));
    }

    public async ValueTask DisposeAsync()
    {
        if (database is not null) await database.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    private int Refusals() => server.Log().Split("password authentication failed").Length - 1;

    private Task<string?> Connected() => server.Sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'");
}
