using EventSourcing.Sql;

namespace Connections.ReadModels.Usage;

/// <summary>The changes of the counts by a batch of events. Ends of the same hour, connection and workflow become one statement.</summary>
internal sealed class UsageCounts
{
    private readonly Dictionary<
        (string Workspace, string Connection, string Workflow, long Day), (long Runs, long Failed, long LastAt)> days = [];

    private readonly Dictionary<(string Workspace, long Hour, string Outcome), long> hours = [];
    private readonly Dictionary<(string Workspace, long Hour, string Connection), (long Ended, long Ms)> times = [];

    /// <summary>An outcome that follows an unknown one replaces it: the activity is one run, with the time until its first end.</summary>
    public void End(ActivityUse was, ActivityUse now, DateTimeOffset at)
    {
        var first = was.Status == ActivityUse.Open;
        var hour = now.RequestedAt / TimeSpan.TicksPerHour;
        if (!first) Add(hours, (now.Workspace, hour, was.Status), -1);
        Add(hours, (now.Workspace, hour, now.Status), 1);
        if (now.Connection is not { } connection) return;
        var day = (now.Workspace, connection, now.Workflow, now.RequestedAt / TimeSpan.TicksPerDay);
        var (runs, failed, last) = days.GetValueOrDefault(day);
        days[day] = (runs + (first ? 1 : 0), failed + (now.Status == "failed" ? 1 : 0), Math.Max(last, now.RequestedAt));
        if (!first) return;
        var time = (now.Workspace, hour, connection);
        var (ended, ms) = times.GetValueOrDefault(time);
        times[time] = (ended + 1, ms + Math.Max(0, (at.UtcTicks - now.RequestedAt) / TimeSpan.TicksPerMillisecond));
    }

    public IEnumerable<SqlStatement> Statements() =>
    [
        .. days.Select(d => new SqlStatement(
            """
            INSERT INTO usage_days (workspace, connection, workflow, day, runs, failed, last_at)
            VALUES (@Workspace, @Connection, @Workflow, @Day, @Runs, @Failed, @LastAt)
            ON CONFLICT (workspace, connection, day, workflow) DO UPDATE SET
                runs = usage_days.runs + excluded.runs, failed = usage_days.failed + excluded.failed,
                last_at = CASE WHEN excluded.last_at > usage_days.last_at THEN excluded.last_at ELSE usage_days.last_at END
            """,
            new { d.Key.Workspace, d.Key.Connection, d.Key.Workflow, d.Key.Day, d.Value.Runs, d.Value.Failed, d.Value.LastAt })),
        .. hours.Select(h => new SqlStatement(
            """
            INSERT INTO usage_hours (workspace, hour, outcome, total) VALUES (@Workspace, @Hour, @Outcome, @Total)
            ON CONFLICT (workspace, hour, outcome) DO UPDATE SET total = usage_hours.total + excluded.total
            """,
            new { h.Key.Workspace, h.Key.Hour, h.Key.Outcome, Total = h.Value })),
        .. times.Select(t => new SqlStatement(
            """
            INSERT INTO usage_times (workspace, hour, connection, ended, ms) VALUES (@Workspace, @Hour, @Connection, @Ended, @Ms)
            ON CONFLICT (workspace, hour, connection) DO UPDATE SET
                ended = usage_times.ended + excluded.ended, ms = usage_times.ms + excluded.ms
            """,
            new { t.Key.Workspace, t.Key.Hour, t.Key.Connection, t.Value.Ended, t.Value.Ms }))
    ];

    private static void Add<TKey>(Dictionary<TKey, long> counts, TKey key, long by)
        where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + by;
}
