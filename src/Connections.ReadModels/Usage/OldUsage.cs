using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Usage;

/// <summary>Removes counts that no page shows any more.</summary>
public sealed class OldUsage(ReadModelDatabase database)
{
    /// <summary>Pages show 30 days.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(31);

    public async Task Forget(DateTimeOffset before, CancellationToken ct)
    {
        await using var write = await Checkpoints.WriteInTurn(database.Sql, UsageProjection.LoopName, ct);
        await write.Connection.ExecuteAsync(
            """
            DELETE FROM usage_days WHERE day < @Day;
            DELETE FROM usage_hours WHERE hour < @Hour;
            DELETE FROM usage_times WHERE hour < @Hour;
            DELETE FROM usage_open WHERE status = 'unknown' AND requested_at < @At
            """,
            new { Day = before.UtcTicks / TimeSpan.TicksPerDay, Hour = before.UtcTicks / TimeSpan.TicksPerHour, At = before.UtcTicks },
            write.Transaction);
        await write.Commit(ct);
    }
}
