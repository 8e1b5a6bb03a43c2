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

/// <summary>What of a workspace needs a person.</summary>
public sealed record Attention(long Connections, long Waiting, long Expiring);

/// <summary>Who uses a connection, and what waits for it. The rows may lag behind the log.</summary>
public sealed class UsageQueries(ReadModelDatabase database)
{
    private sealed record WorkflowRow(string Workflow, long Runs, long Failed, long LastRunAt);

    private sealed record WaitingRow(long ById, long ByName, long? FirstDeadline);

    public async Task<IReadOnlyList<WorkflowUse>> Workflows(ConnectionId id, DateTimeOffset since, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<WorkflowRow>(
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
        var row = await connection.QuerySingleAsync<WaitingRow>(
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
}
