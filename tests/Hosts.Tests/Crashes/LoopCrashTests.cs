using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Activities;
using Connections.Operations.Connections;
using Connections.Operations.Messages;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Usage;
using Connections.ReadModels.Waits;
using Connections.Worker.Reactors;
using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Hosts.Tests.Harness;

namespace Hosts.Tests.Crashes;

/// <summary>The process of a loop crashes, and another continues from the checkpoint.</summary>
public sealed class LoopCrashTests
{
    private static readonly string[] Tables =
    [
        "activities", "connection_use", "connections", "grants", "ledger", "ledger_unknown", "usage_days", "usage_hours", "usage_open",
        "usage_times", "wait_connections", "wait_queues", "waits"
    ];

    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public static TheoryData<string> Projections => ["connections", "grants", "activities", "waits", "usage", "ledger"];

    public static TheoryData<string> Reactors =>
        ["send-requested", "report-activity-failures", "destroy-secrets", "publish-activities", "publish-connections"];

    [Theory]
    [MemberData(nameof(Projections))]
    public async Task Rows_are_the_same_as_without_a_crash(string name)
    {
        using var world = await CrashScenario.After(History);
        string[] expected;
        using (var fresh = world.Copy())
        {
            await using var whole = await SimulatedProcess.Begin(fresh);
            await whole.Follow(Projection(whole, name), name);
            expected = await Rows(whole);
        }

        Assert.NotEmpty(expected);
        var points = await CrashPoints.Each(world, p => p.Follow(Projection(p, name), name), async p =>
        {
            await p.Follow(Projection(p, name), name);
            Assert.Equal(expected, await Rows(p));
        });
        Assert.InRange(points, 5, 100);
    }

    [Theory]
    [MemberData(nameof(Reactors))]
    public async Task Every_effect_happens_and_has_the_same_message_id_each_time(string name)
    {
        using var world = await CrashScenario.After(History);
        string[] expected;
        using (var fresh = world.Copy())
        {
            await using var whole = await SimulatedProcess.Begin(fresh);
            await whole.Follow(Reactor(whole, name), name);
            expected = await Effects(whole);
        }

        Assert.NotEmpty(expected);
        var points = await CrashPoints.Each(world, p => p.Follow(Reactor(p, name), name), async p =>
        {
            await p.Follow(Reactor(p, name), name);
            Assert.Equal(expected, await Effects(p));
        });
        Assert.InRange(points, 5, 200);
    }

    /// <summary>Appends events of every kind that loops read. The rows are not written yet.</summary>
    private static async Task History(SimulatedProcess p)
    {
        var (used, dead, gone) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await p.Create(used, "used", "a");
        await p.Create(dead, "dead", "b");
        await p.Create(gone, "gone", "c");
        await p.Get<ChangeConnections>().Rename(SimulatedProcess.Context, used, "of use", default);
        await p.Get<TestConnections>().Test(SimulatedProcess.Context, used, default);
        await Run(p, used, Task.FromResult(ScriptedConnector.Done("done")));
        await Run(p, used, ScriptedConnector.Fails(FailureKind.Forbidden, Delivered.Yes));
        await Run(p, used, ScriptedConnector.Fails(FailureKind.Unavailable, Delivered.Maybe));
        await Run(p, dead, ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No));
        await Run(p, gone, ScriptedConnector.Fails(FailureKind.Throttled, Delivered.No, TimeSpan.FromMinutes(5)));
        await p.Get<ChangeConnections>().Delete(SimulatedProcess.Context, gone, default);
        await Request(p, used);
        await SignIn(p, Guid.NewGuid());
        var left = await SignIn(p, Guid.NewGuid());
        await p.Get<ChangeConnections>().Delete(SimulatedProcess.Context, left, default);
    }

    // A connection after a sign-in whose tokens were renewed once, and abandoned the second time.
    private static async Task<Guid> SignIn(SimulatedProcess p, Guid id)
    {
        var (workspace, metadata) = (SimulatedProcess.Context.Workspace, SimulatedProcess.Context.Metadata);
        var created = new ConnectionCreated(
            ScriptedConnector.Id, $"signed in {id}", Nothing, Nothing, "v1-a", new Account("7", "ada", "sub"), [], Outcome.Ok, ["mail.send"]);
        await p.Get<ConnectionStreams>().Handle(new ConnectionId(workspace, id), new CreateConnection(created), metadata, default);
        var until = p.World.Clock.GetUtcNow().AddHours(1);
        foreach (var command in new TokenCommand[]
        {
            new StartRefresh(1, 1, "t-a"), new CompleteRefresh("t-a", until, Rotated: true), new StartRefresh(1, 2, "t-b"), new LoseRefresh("t-b")
        }) await p.Get<TokenStreams>().Handle(new TokenId(workspace, id), command, metadata, default);
        return id;
    }

    private static async Task Run(SimulatedProcess p, Guid connection, Task<ConnectorResult> answer)
    {
        p.World.Provider.Answer = _ => answer;
        await Recovery.Deliver(p, [await Request(p, connection)]);
    }

    private static async Task<RunAttempt> Request(SimulatedProcess p, Guid connection)
    {
        var id = Guid.NewGuid();
        var wanted = new ActivitySubmission(id, connection, null, null, "write", null, null, null, null, null);
        await p.Get<ActivityService>().Request(SimulatedProcess.Context, wanted, default);
        return new RunAttempt(Workers.Workspace, id, 0, 0, (await p.Activity(id)).Request!, null, null);
    }

    private static ProjectionLoop Projection(SimulatedProcess p, string name) => name == "ledger"
        ? new ProjectionLoop(p.Get<LedgerProjection>(), p.Get<ServiceDatabase>().Sql, p.Get<LoopContext>())
        : new ProjectionLoop(
            new IProjection[]
            {
                p.Get<ConnectionsProjection>(), p.Get<GrantsProjection>(), p.Get<ActivitiesProjection>(), p.Get<WaitsProjection>(),
                p.Get<UsageProjection>()
            }.Single(r => r.Name == name),
            p.Get<ReadModelDatabase>().Sql,
            p.Get<LoopContext>());

    private static ReactorLoop Reactor(SimulatedProcess p, string name) => new ReactorLoop(
        new IReactor[]
        {
            p.Get<SendRequested>(),
            p.Get<ReportActivityFailures>(),
            p.Get<DestroySecrets>(),
            p.Get<PublishActivities>(),
            p.Get<PublishConnections>()
        }.Single(r => r.Name == name),
        p.Get<ServiceDatabase>().Sql,
        p.Get<LoopContext>());

    private static async Task<string[]> Rows(SimulatedProcess p)
    {
        var rows = new List<string>();
        foreach (var database in (SqlDatabase[])[p.Get<ReadModelDatabase>().Sql, p.Get<ServiceDatabase>().Sql])
        {
            await using var connection = await database.Open(default);
            var tables = await connection.QueryAsync<string>("SELECT name FROM sqlite_schema WHERE type = 'table'");
            foreach (var table in tables.Intersect(Tables).Order())
            {
                var found = await connection.QueryAsync($"SELECT * FROM {table}");
                rows.AddRange(found.Select(r => $"{table} {string.Join(' ', (IDictionary<string, object>)r)}").Order());
            }
        }

        return [.. rows];
    }

    /// <summary>The sent messages, and the events appended to connections.</summary>
    private static async Task<string[]> Effects(SimulatedProcess p)
    {
        var log = p.Get<EventSourcing.IEventLog>();
        var appended = new List<string>();
        await foreach (var batch in log.Subscribe([ConnectionId.Category], 0, default))
        {
            appended.AddRange(batch.Events
                .Where(e => e.Type is "connection-reauth-required" or "connection-secrets-destroyed").Select(e => $"{e.Stream} {e.Type}"));
            if (batch.CaughtUp) break;
        }

        return [.. p.World.Post.Kinds, .. appended.Order()];
    }
}
