using Connections.ReadModels.Activities;
using Dapper;
using EventSourcing.Sql;
using Microsoft.Extensions.Logging;

namespace Connections.ReadModels.Retention;

/// <summary>
/// Gives the time to jobs that remove data. The time that was trusted is in the service database, so that it outlives a restart and holds
/// for every host.
/// </summary>
public sealed class ClockGuard(ServiceDatabase database, EndedActivities activities, TimeProvider clock, ILogger<ClockGuard> logger)
{
    public static readonly Migrations Tables = new(
        "known-time",
        """
        CREATE TABLE known_time (
            id INTEGER PRIMARY KEY, trusted BIGINT NOT NULL, ahead_since BIGINT, last_seen BIGINT, newest BIGINT)
        """);

    /// <summary>Null while the clock is far ahead of what the service knows: then nothing may be removed.</summary>
    public async Task<DateTimeOffset?> Now(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var newest = await activities.NewestRequest(ct);
        await Tables.Apply(database.Sql, ct);
        await using var write = await database.Sql.BeginWrite(ct);
        var known = await Read(write, ct) is { } before ? before.At(now, newest) : KnownTime.First(now, newest);
        await Save(known, write, ct);
        await write.Commit(ct);
        if (known.AheadSince is not { } since) return now;
        logger.LogWarning(
            "The clock of this machine ({Now:u}) is far ahead of the last time at which data was removed or an activity came ({Trusted:u}). "
            + "Nothing is removed. If the clock is wrong, set it right. If it is right, because the service was stopped for days, nothing needs "
            + "to be done: data is removed again from {From:u} on",
            now.UtcDateTime, known.Trusted.UtcDateTime, (since + KnownTime.TrustAfter).UtcDateTime);
        return null;
    }

    private static async Task<KnownTime?> Read(SqlWrite write, CancellationToken ct)
    {
        var row = await write.Connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "SELECT trusted AS Trusted, ahead_since AS AheadSince, last_seen AS LastSeen, newest AS Newest FROM known_time WHERE id = 1",
            transaction: write.Transaction,
            cancellationToken: ct));
        return row is null ? null : new KnownTime(At(row.Trusted)!.Value, At(row.AheadSince), At(row.LastSeen), At(row.Newest));
    }

    private static Task<int> Save(KnownTime known, SqlWrite write, CancellationToken ct) => write.Connection.ExecuteAsync(new CommandDefinition(
        """
        INSERT INTO known_time (id, trusted, ahead_since, last_seen, newest) VALUES (1, @Trusted, @AheadSince, @LastSeen, @Newest)
        ON CONFLICT (id) DO UPDATE SET
            trusted = excluded.trusted, ahead_since = excluded.ahead_since, last_seen = excluded.last_seen, newest = excluded.newest
        """,
        new
        {
            Trusted = known.Trusted.UtcTicks,
            AheadSince = known.AheadSince?.UtcTicks,
            LastSeen = known.LastSeen?.UtcTicks,
            Newest = known.Newest?.UtcTicks
        },
        write.Transaction,
        cancellationToken: ct));

    private static DateTimeOffset? At(long? ticks) => ticks is { } t ? new DateTimeOffset(t, TimeSpan.Zero) : null;

    private sealed class Row
    {
        public long Trusted { get; init; }

        public long? AheadSince { get; init; }

        public long? LastSeen { get; init; }

        public long? Newest { get; init; }
    }
}
