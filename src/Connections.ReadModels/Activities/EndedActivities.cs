using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Activities;

public sealed record EndedActivity(string Workspace, Guid Id, DateTimeOffset At);

/// <summary>Queries for retention. Rows are removed with their streams, as a rebuild of the read model would omit them too.</summary>
public sealed class EndedActivities(ReadModelDatabase database)
{
    internal const string BeforeSql =
        """
        SELECT workspace, id, finished_at AS At FROM activities
        WHERE finished_at < @Before AND (finished_at, workspace, id) > (@At, @Workspace, @Id) ORDER BY finished_at, workspace, id LIMIT @limit
        """;

    internal const string OldestSql = "SELECT MIN(requested_at) FROM activities";

    internal const string NewestSql = "SELECT MAX(requested_at) FROM activities";

    /// <summary>A page of activities that ended before a time, oldest first.</summary>
    public async Task<IReadOnlyList<EndedActivity>> Before(DateTimeOffset before, EndedActivity? after, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Workspace, string Id, long At)>(
            BeforeSql,
            new
            {
                Before = before.UtcTicks,
                At = after?.At.UtcTicks ?? 0,
                Workspace = after?.Workspace ?? "",
                Id = after?.Id.ToString() ?? "",
                limit
            });
        return [.. rows.Select(r => new EndedActivity(r.Workspace, Guid.Parse(r.Id), new DateTimeOffset(r.At, TimeSpan.Zero)))];
    }

    public Task<DateTimeOffset?> OldestRequest(CancellationToken ct) => Time(OldestSql, ct);

    public Task<DateTimeOffset?> NewestRequest(CancellationToken ct) => Time(NewestSql, ct);

    public async Task Forget(IReadOnlyList<EndedActivity> removed, CancellationToken ct)
    {
        if (removed.Count == 0) return;
        await using var write = await Checkpoints.WriteInTurn(database.Sql, ActivitiesProjection.LoopName, ct);
        await write.Connection.ExecuteAsync(
            "DELETE FROM activities WHERE workspace = @Workspace AND id = @Id",
            removed.Select(r => new { r.Workspace, Id = r.Id.ToString() }),
            write.Transaction);
        await write.Commit(ct);
    }

    private async Task<DateTimeOffset?> Time(string sql, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return await connection.ExecuteScalarAsync<long?>(sql) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }
}
