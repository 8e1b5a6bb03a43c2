using Dapper;
using EventSourcing.Sql;

namespace Connections.ReadModels.Overview;

/// <summary>Open activities of one state and one reason.</summary>
/// <param name="State"><c>running</c>, <c>sent</c> to a worker, or <c>waiting</c>.</param>
/// <param name="Kind">The failure kind waited for; empty if they do not wait.</param>
/// <param name="Oldest">The earliest time at which one of them began to run or was sent; for waiting ones the time of the request.</param>
public sealed record OpenActivities(string State, string Kind, long Number, DateTimeOffset Oldest);

/// <param name="Statuses">The number of connections by status, without deleted ones.</param>
/// <param name="DueChecks">Connections whose check is due.</param>
public sealed record Overview(IReadOnlyList<OpenActivities> Open, IReadOnlyDictionary<string, long> Statuses, long DueChecks);

/// <summary>An overview of the service over all workspaces, from the read model.</summary>
public sealed class OverviewQueries(ReadModelDatabase database)
{
    internal const string OpenSql =
        "SELECT state, COALESCE(kind, '') AS Kind, COUNT(*) AS Number, MIN(COALESCE(since, requested_at)) AS Oldest FROM waits GROUP BY state, kind";

    internal const string StatusesSql = "SELECT status, COUNT(*) AS Number FROM connections WHERE status <> 'deleted' GROUP BY status";

    internal const string DueSql = "SELECT COUNT(*) FROM connections WHERE check_at <= @Now";

    public async Task<Overview> Read(DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var open = await connection.QueryAsync<(string State, string Kind, long Number, long Oldest)>(
            new CommandDefinition(OpenSql, cancellationToken: ct));
        var statuses = await connection.QueryAsync<(string Status, long Number)>(new CommandDefinition(StatusesSql, cancellationToken: ct));
        var due = await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(DueSql, new { Now = now.UtcTicks }, cancellationToken: ct));
        return new Overview(
            [.. open.Select(o => new OpenActivities(o.State, o.Kind, o.Number, new DateTimeOffset(o.Oldest, TimeSpan.Zero)))],
            statuses.ToDictionary(s => s.Status, s => s.Number),
            due);
    }
}
