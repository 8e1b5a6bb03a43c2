using Connections.Domain;
using Connections.Domain.Activity;
using Connections.ReadModels.Activities;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Usage;

/// <summary>
/// Open activities, and counts of ended ones: by connection, workflow and day of the request, and by hour of the request. The counts stay
/// when retention removes an activity. A rebuild counts the activities that the log still has.
/// </summary>
public sealed class UsageProjection : IProjection
{
    internal const string LoopName = "usage";

    public string Name => LoopName;

    public IReadOnlyList<string> Prefixes { get; } = [ActivityId.Category];

    // A short activity begins and ends within one transaction, and then needs no row of its own.
    public TimeSpan Pace => TimeSpan.FromMilliseconds(100);

    public Migrations Tables { get; } = new(
        "usage",
        """
        CREATE TABLE usage_open (
            workspace TEXT NOT NULL, id TEXT NOT NULL, connection TEXT NULL, workflow TEXT NOT NULL, status TEXT NOT NULL,
            requested_at BIGINT NOT NULL, PRIMARY KEY (workspace, id));
        CREATE INDEX usage_open_by_connection ON usage_open (workspace, connection);
        CREATE TABLE usage_days (
            workspace TEXT NOT NULL, connection TEXT NOT NULL, workflow TEXT NOT NULL, day BIGINT NOT NULL,
            runs BIGINT NOT NULL, failed BIGINT NOT NULL, last_at BIGINT NOT NULL, PRIMARY KEY (workspace, connection, day, workflow));
        CREATE TABLE usage_hours (
            workspace TEXT NOT NULL, hour BIGINT NOT NULL, outcome TEXT NOT NULL, total BIGINT NOT NULL,
            PRIMARY KEY (workspace, hour, outcome));
        CREATE TABLE usage_times (
            workspace TEXT NOT NULL, hour BIGINT NOT NULL, connection TEXT NOT NULL, ended BIGINT NOT NULL, ms BIGINT NOT NULL,
            PRIMARY KEY (workspace, hour, connection));
        """);

    public async Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct)
    {
        var uses = new Dictionary<string, (ActivityUse? Stored, ActivityUse? Now)>();
        var counts = new UsageCounts();
        foreach (var recorded in events)
        {
            var e = (ActivityEvent)ActivityDecider.Names.Read(recorded);
            if (!uses.TryGetValue(recorded.Stream, out var use))
            {
                var stored = recorded.Revision == 0 ? null : await Load(ActivityId.Parse(recorded.Stream), write);
                use = (stored, stored);
            }

            var now = Evolve(use.Now, e, recorded);
            if (e is ActivityEnd && use.Now is { } was && now is not null) counts.End(was, now, recorded.At);
            uses[recorded.Stream] = (use.Stored, now);
        }

        await write.Execute(uses.Values.Select(Change).OfType<SqlStatement>(), ct);
        await write.Execute(counts.Statements(), ct);
    }

    /// <summary>The activity after the event. Null if its request is not known: it was counted long ago, and its row was removed.</summary>
    internal static ActivityUse? Evolve(ActivityUse? was, ActivityEvent e, RecordedEvent recorded) => e switch
    {
        ActivityRequested r => ActivityUse.Create(ActivityId.Parse(recorded.Stream), r, recorded.At),
        ActivityStarted s => was is null ? null : was with { Connection = s.ConnectionId.ToString() },
        ActivityStageSaved => was,
        ActivityDeferred d => was is null ? null : was with { Connection = d.ConnectionId?.ToString() ?? was.Connection },
        ActivitySucceeded or ActivityFailed or ActivityOutcomeUnknown or ActivityCancelled =>
            was is null ? null : was with { Status = ActivityQueries.Text(ActivityState.StatusAfter(e)) },
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} is not in the usage")
    };

    private static async Task<ActivityUse?> Load(ActivityId id, SqlWrite write) =>
        await write.Connection.QuerySingleOrDefaultAsync<ActivityUse>(
            """
            SELECT workspace AS Workspace, id AS Id, connection AS Connection, workflow AS Workflow, status AS Status,
                requested_at AS RequestedAt
            FROM usage_open WHERE workspace = @Workspace AND id = @Id
            """,
            new { id.Workspace, Id = id.Value.ToString() },
            write.Transaction);

    // An unknown outcome keeps its row, because the outcome may be found out later.
    private static SqlStatement? Change((ActivityUse? Stored, ActivityUse? Now) use) => use switch
    {
        (_, null) => null,
        var (stored, now) when stored == now => null,
        var (_, now) when now.Status is ActivityUse.Open or ActivityUse.Unknown => new SqlStatement(
            """
            INSERT INTO usage_open (workspace, id, connection, workflow, status, requested_at)
            VALUES (@Workspace, @Id, @Connection, @Workflow, @Status, @RequestedAt)
            ON CONFLICT (workspace, id) DO UPDATE SET connection = excluded.connection, status = excluded.status
            """,
            now),
        (null, _) => null,
        var (_, now) => new SqlStatement("DELETE FROM usage_open WHERE workspace = @Workspace AND id = @Id", new { now.Workspace, now.Id })
    };
}
