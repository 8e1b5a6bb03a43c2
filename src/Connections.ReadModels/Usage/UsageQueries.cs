using System.Text.Json;
using Connections.Domain;
using Dapper;
using EventSourcing.Sql;

namespace Connections.ReadModels.Usage;

/// <param name="Workflow">Empty for activities without a workflow.</param>
/// <param name="Runs">Ended and open ones.</param>
public sealed record WorkflowUse(string Workflow, long Runs, long Failed, DateTimeOffset LastRunAt);

/// <summary>The activities that wait for a connection.</summary>
/// <param name="ById">They name it by its id, and fail when it is deleted.</param>
/// <param name="ByName">They name it by its name, and wait for a new connection of that name.</param>
/// <param name="FirstDeadline">Null if none waits.</param>
public sealed record WaitingUse(long ById, long ByName, DateTimeOffset? FirstDeadline)
{
    public long All => ById + ByName;
}

/// <summary>The numbers of a workspace that call for a person.</summary>
public sealed record Attention(long Connections, long Waiting, long Expiring);

/// <summary>Finds the workflows that use a connection, and the activities that wait for it. The rows may lag behind the log.</summary>
public sealed class UsageQueries(ReadModelDatabase database)
{
    internal const string HoursSql =
        """
        SELECT hour AS Hour, outcome AS Outcome, total AS Number FROM usage_hours
        WHERE workspace = @workspace AND hour >= @From AND total > 0
        UNION ALL
        SELECT requested_at / @Hour, 'open', CAST(COUNT(*) AS BIGINT) FROM usage_open
        WHERE workspace = @workspace AND status = 'open' AND requested_at >= @Since GROUP BY requested_at / @Hour
        """;

    internal const string SlowestSql =
        """
        SELECT connection AS Id, CAST(SUM(ended) AS BIGINT) AS Ended, CAST(SUM(ms) / SUM(ended) AS BIGINT) AS Ms FROM usage_times
        WHERE workspace = @workspace AND hour >= @From GROUP BY connection ORDER BY 3 DESC, 1 LIMIT @limit
        """;

    /// <summary>The workflows that used a connection, the one with the most runs first.</summary>
    public async Task<IReadOnlyList<WorkflowUse>> Workflows(ConnectionId id, DateTimeOffset since, CancellationToken ct) =>
        [.. (await Workflows(id.Workspace, [id.Value], since, ct))[id.Value]];

    /// <summary>The workflows that used each of the connections, the one with the most runs first.</summary>
    /// <param name="ids">At most some thousands.</param>
    public async Task<ILookup<Guid, WorkflowUse>> Workflows(string workspace, IEnumerable<Guid> ids, DateTimeOffset since, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Id, string Workflow, long Runs, long Failed, long LastRunAt)>(
            WorkflowsSql(database.Sql.In("connection", "Ids")),
            new { workspace, Ids = JsonSerializer.Serialize(ids), Since = since.UtcTicks, Day = since.UtcTicks / TimeSpan.TicksPerDay });
        return rows.ToLookup(
            r => Guid.Parse(r.Id), r => new WorkflowUse(r.Workflow, r.Runs, r.Failed, new DateTimeOffset(r.LastRunAt, TimeSpan.Zero)));
    }

    public async Task<WaitingUse> Waiting(ConnectionId id, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var row = await connection.QuerySingleAsync<(long ById, long ByName, long? FirstDeadline)>(
            """
            SELECT CAST(COALESCE(SUM(CASE WHEN by_id IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) AS ById,
                CAST(COALESCE(SUM(CASE WHEN by_id IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS ByName, MIN(deadline) AS FirstDeadline
            FROM waits WHERE workspace = @Workspace AND connection = @Id AND state = 'waiting'
            """,
            new { id.Workspace, Id = id.Value.ToString() });
        return new WaitingUse(row.ById, row.ByName, row.FirstDeadline is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null);
    }

    /// <param name="expiresBefore">Counts the connections that are expected to end by then.</param>
    public async Task<Attention> Attention(string workspace, DateTimeOffset expiresBefore, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var (connections, waiting, expiring) = await connection.QuerySingleAsync<(long, long, long)>(
            """
            SELECT (SELECT COUNT(*) FROM connections WHERE workspace = @workspace AND status = 'reauthRequired'),
                (SELECT COUNT(*) FROM waits WHERE workspace = @workspace AND state = 'waiting' AND kind = 'reauthRequired'),
                (SELECT COUNT(*) FROM grants WHERE workspace = @workspace AND expires_at <= @Before)
            """,
            new { workspace, Before = expiresBefore.UtcTicks });
        return new Attention(connections, waiting, expiring);
    }

    /// <summary>The activities requested since a time, by hour and outcome; <c>open</c> for those that have not ended.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset Hour, string Outcome, long Number)>> ByHour(
        string workspace, DateTimeOffset since, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(long Hour, string Outcome, long Number)>(
            HoursSql,
            new { workspace, Since = since.UtcTicks, From = since.UtcTicks / TimeSpan.TicksPerHour, Hour = TimeSpan.TicksPerHour });
        return [.. rows.Select(r => (new DateTimeOffset(r.Hour * TimeSpan.TicksPerHour, TimeSpan.Zero), r.Outcome, r.Number))];
    }

    /// <summary>The connections whose ended activities took longest on average since an hour, waits included.</summary>
    public async Task<IReadOnlyList<(Guid Connection, long Ended, TimeSpan Average)>> Slowest(
        string workspace, DateTimeOffset since, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Id, long Ended, long Ms)>(
            SlowestSql, new { workspace, From = since.UtcTicks / TimeSpan.TicksPerHour, limit });
        return [.. rows.Select(r => (Guid.Parse(r.Id), r.Ended, TimeSpan.FromMilliseconds(r.Ms)))];
    }

    /// <summary>
    /// The waiting activities by the reason. An activity that names a connection waits for a new one of that name once its connection is
    /// deleted.
    /// </summary>
    public async Task<IReadOnlyList<(string Kind, long Number, DateTimeOffset FirstDeadline)>> WaitingByKind(
        string workspace, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Kind, long Number, long FirstDeadline)>(
            """
            SELECT reason AS Kind, CAST(COUNT(*) AS BIGINT) AS Number, MIN(deadline) AS FirstDeadline FROM (
                SELECT deadline, CASE WHEN c.id IS NOT NULL THEN @deleted ELSE COALESCE(kind, '') END AS reason
                FROM waits w LEFT JOIN wait_connections c ON c.workspace = w.workspace AND c.id = w.connection AND c.status = 'deleted'
                WHERE w.workspace = @workspace AND w.state = 'waiting') AS waiting
            GROUP BY reason ORDER BY 2 DESC
            """,
            new { workspace, deleted = Outcome.From(FailureKind.ConnectionDeleted) });
        return [.. rows.Select(r => (r.Kind, r.Number, new DateTimeOffset(r.FirstDeadline, TimeSpan.Zero)))];
    }

    private static string WorkflowsSql(string connections) =>
        $"""
        SELECT connection AS Id, workflow AS Workflow, CAST(SUM(runs) AS BIGINT) AS Runs, CAST(SUM(failed) AS BIGINT) AS Failed,
            MAX(last_at) AS LastRunAt
        FROM (
            SELECT connection, workflow, runs, failed, last_at FROM usage_days
            WHERE workspace = @workspace AND {connections} AND day >= @Day
            UNION ALL
            SELECT connection, workflow, 1, 0, requested_at FROM usage_open
            WHERE workspace = @workspace AND {connections} AND status = 'open' AND requested_at >= @Since) AS used
        GROUP BY connection, workflow ORDER BY 3 DESC, 2
        """;
}
