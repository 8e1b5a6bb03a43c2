using Connections.Domain.Activity;
using Connections.Domain.Connection;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Waits;

/// <summary>
/// Every activity that has not ended, and when it is due: what the waker works from. It follows the connections too, so that what waits
/// for one is let go when it is mended, and what was refused with credentials since replaced is due at once.
/// </summary>
public sealed class WaitsProjection(WakeSignal signal) : IProjection
{
    internal const string LoopName = "waits";

    public string Name => LoopName;

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionDecider.Category, ActivityDecider.Category];

    public Migrations Tables => WaitTables.All;

    /// <summary>What waits its turn goes no faster than this.</summary>
    public TimeSpan Pace { get; } = TimeSpan.FromMilliseconds(10);

    public Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct) =>
        write.Execute(WithoutThePassing(events).Select(Project).OfType<SqlStatement>(), ct);

    private static SqlStatement? Project(RecordedEvent recorded)
    {
        var name = StreamName.Parse(recorded.Stream);
        var sql = recorded.Stream.StartsWith(ConnectionDecider.Category, StringComparison.Ordinal)
            ? ConnectionWaits.Project((ConnectionEvent)ConnectionDecider.Names.Read(recorded), name, recorded)
            : ActivityWaits.Project((ActivityEvent)ActivityDecider.Names.Read(recorded), name, recorded);
        return sql is var (text, parameters) ? new SqlStatement(text, parameters) : null;
    }

    /// <summary>Without the activities that began and ended in between and never waited: most do.</summary>
    private static IEnumerable<RecordedEvent> WithoutThePassing(IReadOnlyList<RecordedEvent> events)
    {
        var began = new HashSet<string>();
        var passed = new HashSet<string>();
        foreach (var recorded in events)
        {
            if (!recorded.Stream.StartsWith(ActivityDecider.Category, StringComparison.Ordinal)) continue;
            if (recorded.Revision == 0) began.Add(recorded.Stream);
            var e = (ActivityEvent)ActivityDecider.Names.Read(recorded);
            if (Waits(e)) began.Remove(recorded.Stream);
            else if (e is ActivityEnd && began.Contains(recorded.Stream)) passed.Add(recorded.Stream);
        }

        return events.Where(e => !passed.Contains(e.Stream));
    }

    internal static bool Waits(ActivityEvent e) => e switch
    {
        ActivityDeferred => true,
        ActivityRequested or ActivityStarted or ActivityEnd => false,
        _ => throw new System.Diagnostics.UnreachableException($"Nothing says whether {e.GetType().Name} makes an activity wait")
    };

    public Task Committed(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        signal.Pulse();
        return Task.CompletedTask;
    }
}
