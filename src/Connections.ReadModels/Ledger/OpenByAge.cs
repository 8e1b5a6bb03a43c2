using Dapper;
using EventSourcing.Sql;

namespace Connections.ReadModels.Ledger;

/// <param name="Reason">The kind waited for; <c>sent</c>: on its way to a worker; <c>running</c>.</param>
/// <param name="Many">Of them <paramref name="Minute"/> were asked for within the last minute, <paramref name="Hour"/> the last hour,
/// <paramref name="Day"/> the last day.</param>
/// <param name="Oldest">When the oldest was asked for.</param>
public sealed record OpenGroup(string Reason, long Many, long Minute, long Hour, long Day, DateTimeOffset Oldest);

/// <summary>What has not ended, by reason and age, over all workspaces.</summary>
public sealed class OpenByAge(ReadModelDatabase database)
{
    public async Task<IReadOnlyList<OpenGroup>> ByReason(DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Reason, long Many, long Minute, long Hour, long Day, long Oldest)>(new CommandDefinition(
            """
            SELECT reason, COUNT(*), SUM(CASE WHEN requested_at > @Minute THEN 1 ELSE 0 END), SUM(CASE WHEN requested_at > @Hour THEN 1 ELSE 0 END),
                SUM(CASE WHEN requested_at > @Day THEN 1 ELSE 0 END), MIN(requested_at)
            FROM (SELECT CASE WHEN state = 'waiting' THEN COALESCE(kind, state) ELSE state END AS reason, requested_at FROM waits) AS open_ones
            GROUP BY reason ORDER BY reason
            """,
            new
            {
                Minute = now.AddMinutes(-1).UtcTicks,
                Hour = now.AddHours(-1).UtcTicks,
                Day = now.AddDays(-1).UtcTicks
            },
            cancellationToken: ct));
        return [.. rows.Select(r => new OpenGroup(r.Reason, r.Many, r.Minute, r.Hour, r.Day, new DateTimeOffset(r.Oldest, TimeSpan.Zero)))];
    }
}
