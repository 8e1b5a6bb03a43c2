using Dapper;
using EventSourcing.Sql;

namespace Connections.ReadModels.Overview;

/// <summary>Activities that have not ended, of one state and one reason.</summary>
/// <param name="State"><c>running</c>, <c>sent</c> to a worker, or <c>waiting</c>.</param>
/// <param name="Kind">What they wait for; empty where they do not wait.</param>
/// <param name="Oldest">Since when the oldest of them is running or sent; of those that wait, when it was asked for.</param>
public sealed record OpenActivities(string State, string Kind, long Number, DateTimeOffset Oldest);

/// <param name="Statuses">How many connections are of each status; deleted ones are not counted.</param>
/// <param name="DueChecks">Connections whose check is due.</param>
public sealed record Overview(IReadOnlyList<OpenActivities> Open, IReadOnlyDictionary<string, long> Statuses, long DueChecks);

/// <summary>The service at a glance, over all workspaces, as the rows know it.</summary>
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
