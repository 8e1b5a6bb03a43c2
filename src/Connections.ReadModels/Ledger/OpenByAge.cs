using Dapper;
using EventSourcing.Sql;

namespace Connections.ReadModels.Ledger;

/// <param name="Reason">The failure kind waited for; or <c>sent</c> (to a worker), or <c>running</c>.</param>
/// <param name="Many">The number in total; <paramref name="Minute"/>, <paramref name="Hour"/> and <paramref name="Day"/> count those
/// requested within the last minute, hour and day.</param>
/// <param name="Oldest">The time of the oldest request.</param>
public sealed record OpenGroup(string Reason, long Many, long Minute, long Hour, long Day, DateTimeOffset Oldest);

/// <summary>Open activities by reason and age, over all workspaces.</summary>
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
