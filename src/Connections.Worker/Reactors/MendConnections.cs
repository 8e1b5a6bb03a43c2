using Connections.Domain;
using Connections.Hosting;
using Connections.Operations.Messages;
using Connections.ReadModels;
using EventSourcing;
using EventSourcing.Sql;
using MassTransit;

namespace Connections.Worker;

/// <summary>
/// Hands what activities met to their connections: refused credentials mark them, a provider that cannot be reached, or can again, is
/// looked at. Thousands of
/// activities may meet the same: a connection told once of a credential version need not be told again, since only a higher version takes
/// that back.
/// </summary>
public sealed class MendConnections(ConnectionStreams connections, ConnectionQueries rows, IBus bus, TimeProvider clock) : IReactor
{
    private const int Enough = 1_000;

    private readonly HashSet<(string Workspace, Guid Connection, int Version)> told = [];
    private readonly RecentChecks asked = new(clock);

    public string Name => "mend-connections";

    public IReadOnlyList<string> Prefixes { get; } = [ActivityDecider.Category];

    // of the activities of a tenth of a second each connection is asked for once
    public TimeSpan Pace { get; } = TimeSpan.FromMilliseconds(100);

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        var met = events.Select(e => (Recorded: e, Failure: Met((ActivityEvent)ActivityDecider.Names.Read(e)))).Where(e => e.Failure is not null)
            .DistinctBy(e => (StreamName.Of(e.Recorded.Stream).Workspace, e.Failure));
        foreach (var (recorded, failure) in met)
        {
            var workspace = StreamName.Of(recorded.Stream).Workspace;
            using var hop = Reaction.Begin(Name, recorded);
            if (failure!.Kind == FailureKind.ReauthRequired) await Tell(workspace, failure, EventMetadata.Following(recorded, Name), ct);
            else if (asked.Begin(workspace, failure.Connection))
                await bus.Ask(new CheckConnection(workspace, failure.Connection, Scheduled: false), ct);
        }

        await LookAgain(events, ct);
    }

    // the provider is back before the schedule looks
    private async Task LookAgain(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        var used = events.Where(e => ActivityDecider.Names.Read(e) is ActivitySucceeded { Facts.ConnectionId: not null })
            .Select(e => (StreamName.Of(e.Stream).Workspace, ((ActivitySucceeded)ActivityDecider.Names.Read(e)).Facts.ConnectionId!.Value))
            .Distinct();
        foreach (var (workspace, connection) in used)
        {
            if (await rows.Unreachable(workspace, connection, ct) && asked.Begin(workspace, connection))
                await bus.Ask(new CheckConnection(workspace, connection, Scheduled: false), ct);
        }
    }

    private async Task Tell(string workspace, Failure failure, EventMetadata metadata, CancellationToken ct)
    {
        var what = (workspace, failure.Connection, failure.CredentialVersion);
        if (told.Contains(what)) return;
        await connections.Handle(
            ConnectionDecider.Stream(workspace, failure.Connection),
            new RequireReauth(failure.Message, failure.CredentialVersion),
            metadata,
            ct);
        if (told.Count >= Enough) told.Clear();
        told.Add(what);
    }

    internal sealed record Failure(FailureKind Kind, string Message, Guid Connection, int CredentialVersion);

    internal static Failure? Met(ActivityEvent e) => e switch
    {
        ActivityDeferred { ConnectionId: { } id } d => Of(d.Kind, d.Message, id, d.CredentialVersion),
        ActivityFailed { Facts.ConnectionId: { } id, Attempts: > 0 } f => Of(f.Kind, f.Message, id, f.Facts.CredentialVersion),
        ActivityOutcomeUnknown { Facts.ConnectionId: { } id } u => Of(u.Kind, u.Message, id, u.Facts.CredentialVersion),
        ActivityDeferred or ActivityFailed or ActivityOutcomeUnknown => null, // met no connection
        ActivityRequested or ActivityStarted or ActivitySucceeded or ActivityCancelled => null,
        _ => throw new System.Diagnostics.UnreachableException($"Nothing says whether {e.GetType().Name} holds a failure")
    };

    private static Failure? Of(FailureKind kind, string message, Guid connection, int version) => kind switch
    {
        FailureKind.ReauthRequired => new Failure(kind, message, connection, version),
        FailureKind.Unavailable or FailureKind.Timeout => new Failure(FailureKind.Unavailable, "", connection, 0),
        _ => null
    };
}
