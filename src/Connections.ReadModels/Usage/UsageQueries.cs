using Connections.Domain;
using Dapper;
using EventSourcing.Sql;

namespace Connections.ReadModels.Usage;

/// <param name="Workflow">Empty for activities without a workflow.</param>
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
    public async Task<IReadOnlyList<WorkflowUse>> Workflows(ConnectionId id, DateTimeOffset since, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Workflow, long Runs, long Failed, long LastRunAt)>(
            """
            SELECT COALESCE(workflow, '') AS Workflow, CAST(COUNT(*) AS BIGINT) AS Runs,
                CAST(SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) AS BIGINT) AS Failed, MAX(requested_at) AS LastRunAt
            FROM activities WHERE workspace = @Workspace AND connection_id = @Id AND requested_at >= @Since
            GROUP BY COALESCE(workflow, '') ORDER BY Runs DESC
            """,
            new { id.Workspace, Id = id.Value.ToString(), Since = since.UtcTicks });
        return [.. rows.Select(r => new WorkflowUse(r.Workflow, r.Runs, r.Failed, new DateTimeOffset(r.LastRunAt, TimeSpan.Zero)))];
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

    /// <summary>The activities requested since a time, by hour and status.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset Hour, string Status, long Number)>> ByHour(string workspace, DateTimeOffset since, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(long Hour, string Status, long Number)>(
            """
            SELECT requested_at / @Hour AS Hour, status, CAST(COUNT(*) AS BIGINT) AS Number FROM activities
            WHERE workspace = @workspace AND requested_at >= @Since GROUP BY requested_at / @Hour, status
            """,
            new { workspace, Since = since.UtcTicks, Hour = TimeSpan.TicksPerHour });
        return [.. rows.Select(r => (new DateTimeOffset(r.Hour * TimeSpan.TicksPerHour, TimeSpan.Zero), r.Status, r.Number))];
    }

    /// <summary>The connections whose ended activities took longest on average since a time, waits included.</summary>
    public async Task<IReadOnlyList<(Guid Connection, long Ended, TimeSpan Average)>> Slowest(
        string workspace, DateTimeOffset since, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Id, long Ended, long Ticks)>(
            """
            SELECT connection_id AS Id, CAST(COUNT(*) AS BIGINT) AS Ended, CAST(SUM(finished_at - requested_at) / COUNT(*) AS BIGINT) AS Ticks
            FROM activities WHERE workspace = @workspace AND requested_at >= @Since AND finished_at IS NOT NULL AND connection_id IS NOT NULL
            GROUP BY connection_id ORDER BY 3 DESC LIMIT @limit
            """,
            new { workspace, Since = since.UtcTicks, limit });
        return [.. rows.Select(r => (Guid.Parse(r.Id), r.Ended, TimeSpan.FromTicks(r.Ticks)))];
    }

    /// <summary>The waiting activities by the reason.</summary>
    public async Task<IReadOnlyList<(string Kind, long Number, DateTimeOffset FirstDeadline)>> WaitingByKind(string workspace, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Kind, long Number, long FirstDeadline)>(
            """
            SELECT COALESCE(kind, '') AS Kind, CAST(COUNT(*) AS BIGINT) AS Number, MIN(deadline) AS FirstDeadline FROM waits
            WHERE workspace = @workspace AND state = 'waiting' GROUP BY COALESCE(kind, '') ORDER BY 2 DESC
            """,
            new { workspace });
        return [.. rows.Select(r => (r.Kind, r.Number, new DateTimeOffset(r.FirstDeadline, TimeSpan.Zero)))];
    }
}
