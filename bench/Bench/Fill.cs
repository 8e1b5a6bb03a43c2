using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Hosting;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Bench;

/// <summary>Fills a log like that of a service after long use: connections with claims and tokens, and ended activities.</summary>
internal static class Fill
{
    private const string Workspace = "default";
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;
    private static readonly EventMetadata Metadata = new(Workspace, "bench");

    private static readonly string[] Reactors =
        ["send-requested", "report-activity-failures", "mark-dead-grants", "destroy-secrets", "publish-activities", "publish-connections"];

    /// <summary>Uses <c>--connections</c> and <c>--events</c>. Does nothing if the folder already contains a log.</summary>
    public static async Task Data(Folder folder, Options options)
    {
        var (connections, events) = (options.Number("connections", 0), options.Number("events", 0));
        if (connections == 0 || File.Exists(folder.File(EmbeddedStores.LogFile))) return;
        using var log = SqliteEventLog.Open(folder.File(EmbeddedStores.LogFile), TimeProvider.System);
        await Log(log, connections, events);
        await using var service = new SqliteDatabase(folder.File(EmbeddedStores.ServiceFile), SqliteDurability.Rebuildable);
        await SkipReactors(service, await log.Head(default));
    }

    /// <summary>Lets the reactors begin after the position, so that the service does not publish the filled events.</summary>
    public static async Task SkipReactors(SqlDatabase service, long position)
    {
        await Checkpoints.Tables.Apply(service, default);
        foreach (var reactor in Reactors) await new Checkpoints(service).Move(reactor, Position.Start, position, default);
    }

    public static async Task Log(SqliteEventLog log, int connections, int events)
    {
        var ids = Enumerable.Range(0, connections).Select(_ => Guid.NewGuid()).ToArray();
        await InParallel(ids.Length, i => Connect(log, ids[i], $"Connection {i}"));
        await InParallel((events - (int)await log.Head(default)) / 3, i => Run(log, ids[i % ids.Length]));
    }

    public static Task InParallel(int count, Func<int, Task> work) => Parallel.ForEachAsync(
        Enumerable.Range(0, Math.Max(0, count)), new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, _) => await work(i));

    private static async Task Connect(SqliteEventLog log, Guid id, string name)
    {
        var account = new Account(null, name, "typed");
        await log.Append(
            ClaimId.ForName(Workspace, Nothing.Id, name).Stream, Revision.NoStream, [Claimed(id)], default);
        await log.Append(ClaimId.ForAccount($"{id:n}{id:n}").Stream, Revision.NoStream, [Claimed(id)], default);
        var created = new ConnectionCreated(Nothing.Id, name, Empty, Empty, "v1-none", account, [$"{id:n}{id:n}"], Outcome.Ok, ["mail.send"]);
        await log.Append(new ConnectionId(Workspace, id).Stream, Revision.NoStream, [Event(ConnectionDecider.Names, created)], default);
        var refresh = (Started: new TokenRefreshStarted(1, 1, "t-a"), Ended: new TokenRefreshed(1, 1, "t-a", TimeProvider.System.GetUtcNow(), true));
        await log.Append(
            new TokenId(Workspace, id).Stream,
            Revision.NoStream,
            [Event(TokenDecider.Names, refresh.Started), Event(TokenDecider.Names, refresh.Ended)],
            default);
    }

    public static async Task Run(SqliteEventLog log, Guid connection)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1);
        var sealedText = new string('x', 120);
        var facts = new ActivityFacts("do", connection, Nothing.Id, 1, null);
        await log.Append(
            new ActivityId(Workspace, Guid.NewGuid()).Stream,
            Revision.NoStream,
            [
                Event(ActivityDecider.Names, new ActivityRequested(
                    connection, Nothing.Id, null, "do", sealedText, new string('h', 44), deadline, 60, OnReauth.Wait, null, Via.Bus)),
                Event(ActivityDecider.Names, new ActivityStarted(1, "bench", deadline, connection, Nothing.Id, 1, true)),
                Event(ActivityDecider.Names, new ActivitySucceeded(1, sealedText) { Facts = facts })
            ],
            default);
    }

    private static NewEvent Claimed(Guid connection) => Event(ClaimDecider.Names, new ClaimTaken(connection, Guid.NewGuid()));

    private static NewEvent Event(EventTypes names, object e) => names.Write(Guid.CreateVersion7(), e, Metadata);
}
