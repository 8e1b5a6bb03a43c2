using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Hosting;
using Connections.Operations.Messages;
using Connections.ReadModels.Connections;
using Connections.Worker.Consumers;
using EventSourcing;
using EventSourcing.Sql.Loops;
using MassTransit;

namespace Connections.Worker.Reactors;

/// <summary>
/// Reports failures of activities to their connections. Rejected credentials mark the connection for reauthentication. An unavailable
/// provider, or one that is available again, gets a health check. Thousands of activities may report the same failure, so each credential
/// version is reported once: only a higher version reverses the mark.
/// </summary>
public sealed class ReportActivityFailures(ConnectionStreams connections, ConnectionQueries rows, IBus bus, TimeProvider clock) : IReactor
{
    private const int MaxEntries = 1_000;

    private readonly HashSet<(ConnectionId Connection, int Version)> reported = [];
    private readonly RecentChecks requested = new(clock);

    public string Name => "report-activity-failures";

    public IReadOnlyList<string> Prefixes { get; } = [ActivityId.Category];

    // Batches the activities of 100 ms, so that each batch requests one check per connection.
    public TimeSpan Pace { get; } = TimeSpan.FromMilliseconds(100);

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        var failures = events.Select(e => (Recorded: e, Failure: FailureIn((ActivityEvent)ActivityDecider.Names.Read(e))))
            .Where(e => e.Failure is not null)
            .DistinctBy(e => (StreamName.Workspace(e.Recorded.Stream), e.Failure));
        foreach (var (recorded, failure) in failures)
        {
            var connection = new ConnectionId(StreamName.Workspace(recorded.Stream), failure!.Connection);
            using var hop = Reaction.Begin(Name, recorded);
            if (failure.Kind == FailureKind.ReauthRequired) await Report(connection, failure, EventMetadata.Following(recorded, Name), ct);
            else if (requested.Begin(connection))
                await bus.SendCommand(new CheckConnection(connection.Workspace, connection.Value, Scheduled: false), ct);
        }

        await RequestCheck(events, ct);
    }

    // An activity that succeeds over an unavailable connection shows that the provider is back, before the next scheduled check.
    private async Task RequestCheck(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        var used = events.Where(e => ActivityDecider.Names.Read(e) is ActivitySucceeded { Facts.ConnectionId: not null })
            .Select(e => new ConnectionId(
                StreamName.Workspace(e.Stream), ((ActivitySucceeded)ActivityDecider.Names.Read(e)).Facts.ConnectionId!.Value))
            .Distinct();
        foreach (var connection in used)
        {
            if (await rows.Unreachable(connection, ct) && requested.Begin(connection))
                await bus.SendCommand(new CheckConnection(connection.Workspace, connection.Value, Scheduled: false), ct);
        }
    }

    private async Task Report(ConnectionId connection, Failure failure, EventMetadata metadata, CancellationToken ct)
    {
        var key = (connection, failure.CredentialVersion);
        if (reported.Contains(key)) return;
        await connections.Handle(connection, new RequireReauth(failure.Message, failure.CredentialVersion), metadata, ct);
        if (reported.Count >= MaxEntries) reported.Clear();
        reported.Add(key);
    }

    internal sealed record Failure(FailureKind Kind, string Message, Guid Connection, int CredentialVersion);

    internal static Failure? FailureIn(ActivityEvent e) => e switch
    {
        ActivityDeferred { ConnectionId: { } id } d => CreateFailure(d.Kind, d.Message, id, d.CredentialVersion),
        ActivityFailed { Facts.ConnectionId: { } id, Attempts: > 0 } f => CreateFailure(f.Kind, f.Message, id, f.Facts.CredentialVersion),
        ActivityOutcomeUnknown { Facts.ConnectionId: { } id } u => CreateFailure(u.Kind, u.Message, id, u.Facts.CredentialVersion),
        ActivityDeferred or ActivityFailed or ActivityOutcomeUnknown => null, // no connection involved
        ActivityRequested or ActivityStarted or ActivityStageSaved or ActivitySucceeded or ActivityCancelled => null,
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} is not listed here: state whether it holds a failure")
    };

    private static Failure? CreateFailure(FailureKind kind, string message, Guid connection, int version) => kind switch
    {
        FailureKind.ReauthRequired => new Failure(kind, message, connection, version),
        FailureKind.Unavailable or FailureKind.Timeout => new Failure(FailureKind.Unavailable, "", connection, 0),
        _ => null
    };
}
