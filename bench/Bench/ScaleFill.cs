using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;
using EventSourcing.Sql;

namespace Bench;

/// <summary>
/// Appends the events of connections in every status, of several connectors and workspaces, and of activities: most succeeded, some failed,
/// some wait. One tenth of the connections has an end.
/// </summary>
internal static class ScaleFill
{
    public const string Common = "postgres";
    public const string Rare = "sftp";

    /// <summary>The time from the fill until the first of the waiting activities is due.</summary>
    public static readonly TimeSpan FirstDue = TimeSpan.FromHours(6);

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;
    private static readonly string[] Connectors = [Common, "http", "slack", "smtp", Common, "google-drive", Common, "http", "slack", Common];
    private static readonly string[] Words = ["Shop", "Mail", "Ledger", "Payroll", "Stock", "Support", "Archive"];

    public static string Workflow(int n) => $"flow-{n}";

    public static async Task Log(SqliteEventLog log, int connections, int events, int workspaces)
    {
        var ids = Enumerable.Range(0, connections)
            .Select(i => new ConnectionId(i % workspaces == 0 ? "default" : $"workspace-{i % workspaces}", Guid.NewGuid())).ToArray();
        await Fill.InParallel(ids.Length, i => Connect(log, ids[i], i));
        await Fill.InParallel((events - (int)await log.Head(default)) / 3, i => Activity(log, ids[(int)((uint)(i * 2_654_435_761L) % ids.Length)], i));
    }

    public static string Connector(int i) => i % 1_000 == 10 ? Rare : Connectors[i / 10 % Connectors.Length];

    private static async Task Connect(SqliteEventLog log, ConnectionId id, int i)
    {
        var (connector, name, fingerprint) = (Connector(i), $"{Words[i / 10 % Words.Length]} {i}", $"{id.Value:n}{id.Value:n}");
        var signedIn = connector is "slack" or "google-drive";
        var now = TimeProvider.System.GetUtcNow();
        DateTimeOffset? ends = i / 10 % 10 == 1 ? now.AddDays(15 + (i / 100 % 700)) : null; // later than the first warning
        await log.Append(ClaimId.ForName(id.Workspace, connector, name).Stream, Revision.NoStream, [Claimed(id)], default);
        await log.Append(ClaimId.ForAccount(fingerprint).Stream, Revision.NoStream, [Claimed(id)], default);
        var created = new ConnectionCreated(
            connector, name, Empty, Empty, "v1-none", new Account(null, $"user{i}@example.test", "typed"), [fingerprint], Outcome.Ok,
            signedIn ? ["mail.send"] : null, signedIn ? null : ends, signedIn ? ends : null);
        await log.Append(id.Stream, Revision.NoStream, [.. Later(i).Prepend(created).Select(e => Event(ConnectionDecider.Names, e, id))], default);
        if (!signedIn) return;
        await log.Append(
            new TokenId(id.Workspace, id.Value).Stream,
            Revision.NoStream,
            [Event(TokenDecider.Names, new TokenRefreshStarted(1, 1, "t-a"), id), Event(TokenDecider.Names, new TokenRefreshed(1, 1, "t-a", now, true), id)],
            default);
    }

    // Of a hundred connections of a workspace, three need a reconnect, two are unreachable, and three are deleted.
    private static IEnumerable<ConnectionEvent> Later(int i) => (i / 10 % 100) switch
    {
        0 or 1 or 2 => [new ConnectionReauthRequired("The provider rejects the password.", 1)],
        3 or 4 => [new ConnectionTested(Guid.NewGuid(), Outcome.From(FailureKind.Unavailable), "The server does not answer.", 1, false)],
        5 or 6 or 7 => [new ConnectionDeleted(), new ConnectionSecretsDestroyed("notSupported")],
        _ => []
    };

    private static Task<Appended> Activity(SqliteEventLog log, ConnectionId connection, int i)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(7);
        var sealedText = new string('x', 120);
        var caller = new Caller(Workflow(i % 500));
        var facts = new ActivityFacts("do", connection.Value, Nothing.Id, 1, caller);
        ActivityEvent outcome = (i % 100) switch
        {
            0 or 1 => new ActivityFailed(1, FailureKind.InvalidInput, "The query is not valid.") { Facts = facts },
            2 => new ActivityDeferred(
                1, FailureKind.Throttled, "The provider asks to slow down.",
                TimeProvider.System.GetUtcNow() + FirstDue + TimeSpan.FromSeconds(i / 100 % 3_600), connection.Value, 1)
            { Facts = facts },
            _ => new ActivitySucceeded(1, sealedText) { Facts = facts }
        };
        ActivityEvent[] all =
        [
            new ActivityRequested(connection.Value, Nothing.Id, null, "do", sealedText, new string('h', 44), deadline, 60, OnReauth.Wait, caller, Via.Bus),
            new ActivityStarted(1, "bench", deadline, connection.Value, Nothing.Id, 1, true),
            outcome
        ];
        return log.Append(
            new ActivityId(connection.Workspace, Guid.NewGuid()).Stream, Revision.NoStream, [.. all.Select(e => Event(ActivityDecider.Names, e, connection))], default);
    }

    private static NewEvent Claimed(ConnectionId id) => Event(ClaimDecider.Names, new ClaimTaken(id.Value, Guid.NewGuid()), id);

    private static NewEvent Event(EventTypes names, object e, ConnectionId id) =>
        names.Write(Guid.CreateVersion7(), e, new EventMetadata(id.Workspace, "bench"));
}
