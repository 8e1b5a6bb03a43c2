using Connections.Connectors;
using Connections.Connectors.Databases;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.Databases;

/// <summary>The promises of every database connector about sign-ins and sessions, on a real server that is stopped and changed.</summary>
public abstract class DatabaseSessionContract<TDialect>(DatabaseFixture<TDialect> fixture) : IClassFixture<DatabaseFixture<TDialect>>, IAsyncLifetime
    where TDialect : DatabaseDialect, new()
{
    private const string Wrong = "canary-wrong-55e1";
    private readonly TestDatabase database = fixture.Dialect.Connect(fixture.Server);
    private int rejections;

    private TDialect Dialect => fixture.Dialect;

    private IDatabaseServer Server => fixture.Server;

    /// <summary>Whether a write was delivered whose server was lost before it answered.</summary>
    protected abstract Delivered LostWrite { get; }

    public async ValueTask InitializeAsync()
    {
        await Server.SetPassword(TestDatabase.User, Right);
        rejections = Logged();
    }

    [Fact]
    public async Task A_hundred_activities_with_a_wrong_password_make_one_attempt()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => database.Run("SELECT 1", use: database.Use(password: Wrong))));
        var failures = results.Select(r => Assert.IsType<ConnectorResult.Failed>(r)).ToList();
        Assert.All(failures, f => Assert.Equal((FailureKind.ReauthRequired, Delivered.No), (f.Kind, f.Delivered)));
        Assert.Single(failures, f => f.Attempted);
        Assert.Equal(1, Rejections());
    }

    [Fact]
    public async Task Rejected_credentials_are_tested_only_by_people_and_once_each()
    {
        await database.Run("SELECT 1", use: database.Use(password: Wrong));
        Assert.False((await database.Probe(database.Use(password: Wrong))).Failure!.Attempted);
        Assert.Equal(1, Rejections());
        Assert.True((await database.Probe(database.Use(password: Wrong), byPerson: true)).Failure!.Attempted);
        Assert.Equal(2, Rejections());

        await Server.SetPassword(TestDatabase.User, Wrong);
        Assert.True((await database.Probe(database.Use(password: Wrong), byPerson: true)).Ok);
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1", use: database.Use(password: Wrong)));
    }

    [Fact]
    public async Task A_password_changed_under_a_live_pool_is_tried_once_and_a_new_version_works()
    {
        await database.Query("SELECT 1");
        await Server.SetPassword(TestDatabase.User, "another");
        await Dialect.EndSessions(Server);
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => database.Run("SELECT 1")));
        Assert.All(results, r => Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(r).Kind));
        Assert.Equal(1, Rejections());
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1", use: database.Use(version: 2, password: "another")));
    }

    [Fact]
    public async Task A_new_version_closes_the_connections_of_the_old()
    {
        await using var still = Dialect.Connect(Server, clock: new FakeTimeProvider());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => still.Run($"SELECT {Dialect.Sleep("0.05")}")));
        await still.Run("SELECT 1", use: still.Use(version: 2));
        await Connected(1);
        await still.Run("SELECT 1");
        await Connected(1);
        Assert.Equal(1, still.PoolCount);
    }

    [Fact]
    public async Task A_session_stays_open_between_consecutive_activities()
    {
        await using var still = Dialect.Connect(Server, clock: new FakeTimeProvider());
        var first = await still.Value(Dialect.SessionId);
        Assert.Equal(first, await still.Value(Dialect.SessionId));
    }

    [Fact]
    public async Task A_changed_password_is_detected_after_a_pause()
    {
        var clock = new FakeTimeProvider();
        await using var pausing = Dialect.Connect(Server, clock: clock);
        await pausing.Query("SELECT 1");
        await Server.SetPassword(TestDatabase.User, "another");
        clock.Advance(SessionLife.Linger);
        await Connected(0);
        Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(await pausing.Run("SELECT 1")).Kind);
    }

    [Fact]
    public async Task Under_steady_load_a_session_survives_short_pauses_but_not_a_longer_one()
    {
        var clock = new FakeTimeProvider();
        await using var steady = Dialect.Connect(Server, clock: clock);
        await steady.Query("SELECT 1");
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await Connected(0);
        var second = await steady.Value(Dialect.SessionId);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(second, await steady.Value(Dialect.SessionId));

        clock.Advance(TimeSpan.FromMilliseconds(400));
        await Connected(0);
    }

    [Fact]
    public async Task A_session_has_a_maximum_age_under_constant_load()
    {
        var clock = new FakeTimeProvider();
        await using var busy = Dialect.Connect(Server, clock: clock);
        var first = await busy.Value(Dialect.SessionId);
        for (var elapsed = TimeSpan.Zero; elapsed < SessionLife.MaxAge; elapsed += SessionLife.Linger / 2)
        {
            clock.Advance(SessionLife.Linger / 2);
            await busy.Query("SELECT 1");
        }

        Assert.NotEqual(first, await busy.Value(Dialect.SessionId));
    }

    [Fact]
    public async Task Unused_pools_are_removed()
    {
        var clock = new FakeTimeProvider();
        await using var idle = Dialect.Connect(Server, clock: clock);
        await idle.Query("SELECT 1");
        await Connected(1);
        for (var minutes = 0; minutes < 25; minutes++) clock.Advance(TimeSpan.FromMinutes(1));
        await Connected(0);
        for (var minutes = 0; minutes < 25; minutes++) clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, idle.PoolCount);
    }

    [Fact]
    public async Task Calls_succeed_again_after_a_server_restart()
    {
        await using var still = Dialect.Connect(Server, clock: new FakeTimeProvider());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => still.Run($"SELECT {Dialect.Sleep("0.05")}")));
        await Server.Restart();
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => still.Run("SELECT 1"))), r => Assert.IsType<ConnectorResult.Done>(r));
    }

    [Fact]
    public async Task A_call_to_a_stopped_server_is_not_delivered_and_the_circuit_opens()
    {
        await Server.Stop();
        try
        {
            var first = Assert.IsType<ConnectorResult.Failed>(await database.Run("SELECT 1"));
            Assert.Equal((FailureKind.Unavailable, Delivered.No, true), (first.Kind, first.Delivered, first.Attempted));
            var later = new List<ConnectorResult.Failed>();
            for (var i = 0; i < 4; i++) later.Add(Assert.IsType<ConnectorResult.Failed>(await database.Run("SELECT 1")));
            Assert.Contains(later, f => !f.Attempted);
            Assert.False((await database.Probe()).Ok);
        }
        finally
        {
            await Server.Start();
        }

        Assert.True((await database.Probe()).Ok);
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1"));
    }

    [Fact]
    public async Task What_a_lost_server_did_is_said_exactly()
    {
        await using var writing = Dialect.Connect(Server, allowWrites: true);
        var write = writing.Run(Dialect.SlowInsert(1000));
        var read = database.Run($"SELECT {Dialect.Sleep("600")}");
        await Eventually.Holds(async () => await Server.Sql(Dialect.Running("600"), "shop") == "2", "both statements run");
        await Server.Stop();
        try
        {
            Assert.Equal((FailureKind.Unavailable, LostWrite), await Ended(write));
            Assert.Equal((FailureKind.Unavailable, Delivered.No), await Ended(read));
        }
        finally
        {
            await Server.Start();
        }

        Assert.Equal("0", await Server.Sql("SELECT count(*) FROM orders WHERE id = 1000", "shop"));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
        await Connected(0);
    }

    private string Right => database.Use().Credentials.Field("password")!;

    private static async Task<(FailureKind, Delivered)> Ended(Task<ConnectorResult> running) =>
        Assert.IsType<ConnectorResult.Failed>(await running) is var f ? (f.Kind, f.Delivered) : default;

    private int Logged() => Server.Log().Split(Dialect.Rejection).Length - 1;

    private int Rejections() => Logged() - rejections;

    private Task Connected(int sessions) => Eventually.Holds(
        async () => await Server.Sql(Dialect.Sessions, "shop") == $"{sessions}", $"{sessions} sessions are left");
}
