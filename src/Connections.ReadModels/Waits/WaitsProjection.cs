using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Waits;

/// <summary>
/// Every activity that has not ended and the time at which it is due, for the waker. The projection also follows the connections: a
/// reconnect releases the activities that wait for it, and those that were rejected with older credentials become due at once.
/// </summary>
public sealed class WaitsProjection(WakeSignal signal) : IProjection
{
    internal const string LoopName = "waits";

    public string Name => LoopName;

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionId.Category, ActivityId.Category];

    public Migrations Tables => WaitTables.All;

    /// <summary>Limits the rate at which deferred activities are released.</summary>
    public TimeSpan Pace { get; } = TimeSpan.FromMilliseconds(10);

    public Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct) =>
        write.Execute(WithoutEnded(events).Select(Project).OfType<SqlStatement>(), ct);

    private static SqlStatement? Project(RecordedEvent recorded)
    {
        var sql = ConnectionId.IsStream(recorded.Stream)
            ? ConnectionWaits.Project((ConnectionEvent)ConnectionDecider.Names.Read(recorded), ConnectionId.Parse(recorded.Stream), recorded)
            : ActivityWaits.Project((ActivityEvent)ActivityDecider.Names.Read(recorded), ActivityId.Parse(recorded.Stream), recorded);
        return sql is var (text, parameters) ? new SqlStatement(text, parameters) : null;
    }

    /// <summary>Omits the events of activities that began and ended within the batch without waiting, as most do.</summary>
    private static IEnumerable<RecordedEvent> WithoutEnded(IReadOnlyList<RecordedEvent> events)
    {
        var began = new HashSet<string>();
        var ended = new HashSet<string>();
        foreach (var recorded in events)
        {
            if (!ActivityId.IsStream(recorded.Stream)) continue;
            if (recorded.Revision == 0) began.Add(recorded.Stream);
            var e = (ActivityEvent)ActivityDecider.Names.Read(recorded);
            if (Waits(e)) began.Remove(recorded.Stream);
            else if (e is ActivityEnd && began.Contains(recorded.Stream)) ended.Add(recorded.Stream);
        }

        return events.Where(e => !ended.Contains(e.Stream));
    }

    internal static bool Waits(ActivityEvent e) => e switch
    {
        ActivityDeferred => true,
        ActivityRequested or ActivityStarted or ActivityStageSaved or ActivityEnd => false,
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} has no rule for the waits")
    };

    public Task Committed(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        signal.Pulse();
        return Task.CompletedTask;
    }
}
