using System.Data.Common;
using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Waits;

/// <summary>A queue as the waker read it. Changes after <paramref name="Position"/> are not in the result.</summary>
public sealed record EmptiedQueue(string Workspace, string Queue, long Position, bool Asleep);

/// <param name="Waits">Activities to send, the oldest first.</param>
/// <param name="Done">Queues with nothing more to send for now.</param>
public sealed record Release(IReadOnlyList<Wait> Waits, IReadOnlyList<EmptiedQueue> Done);

/// <summary>
/// Finds the activities to send now: from each queue that is due, the oldest that are due or released, up to the free slots of the
/// connection. The cost depends on the result, not on the number of waiting activities.
/// </summary>
public sealed class DueWaits(ReadModelDatabase database)
{
    // A sent activity without a later revision counts as running.
    internal const string QueuesSql =
        """
        SELECT q.workspace, q.queue AS Name, q.by_id AS ById, q.connector, q.fails, q.free_before AS FreeBefore, q.position,
            COALESCE(c.id, n.id, q.by_id) AS Connection, COALESCE(c.status, n.status) AS Status,
            (SELECT COUNT(*) FROM (SELECT 1 FROM waits w WHERE w.workspace = q.workspace AND w.connection = COALESCE(c.id, n.id, q.by_id)
                AND w.state IN ('running', 'sent') LIMIT @limit) AS busy) AS Busy
        FROM wait_queues q
        LEFT JOIN wait_connections c ON c.workspace = q.workspace AND c.id = q.by_id
        LEFT JOIN wait_connections n ON n.workspace = q.workspace AND n.connector = q.connector AND n.name_key = q.name_key
            AND q.by_id IS NULL
        WHERE q.look_at <= @Now ORDER BY q.look_at
        """;

    internal const string TimedSql =
        $"""
        SELECT {WaitQueries.Columns} FROM waits
        WHERE workspace = @Workspace AND queue = @Queue AND state = 'waiting' AND due IS NOT NULL AND due <= @Now ORDER BY due LIMIT @room
        """;

    internal const string ReleasedSql =
        $"""
        SELECT {WaitQueries.Columns} FROM waits
        WHERE workspace = @Workspace AND queue = @Queue AND state = 'waiting' AND parked = 1 AND position < @FreeBefore
        ORDER BY requested_at LIMIT @room
        """;

    internal const string NextSql =
        "SELECT MIN(due) FROM waits WHERE workspace = @Workspace AND queue = @Queue AND state = 'waiting' AND due IS NOT NULL";

    public async Task<Release> Find(DateTimeOffset now, Func<string?, int> limitOf, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var queues = await connection.QueryAsync<Queue>(QueuesSql, new { Now = now.UtcTicks, limit });
        var (waits, done) = (new List<Wait>(), new List<EmptiedQueue>());
        foreach (var group in queues.GroupBy(q => (q.Workspace, q.Connection ?? q.Name)))
        {
            done.AddRange(group.Where(q => q.Asleep).Select(q => q.Done()));
            var awake = group.Where(q => !q.Asleep).ToArray();
            if (awake.Length == 0) continue;
            var room = Math.Min(limitOf(awake[0].Connector) - awake[0].Busy, limit - waits.Count);
            if (room <= 0) continue;
            var found = new List<(Queue Queue, WaitRow Row)>();
            foreach (var queue in awake) found.AddRange((await First(queue, room, now, connection)).Select(row => (queue, row)));
            waits.AddRange(found.OrderBy(f => f.Row.RequestedAt).Take(room).Select(f => f.Row.ToWait(f.Queue.Connection)));
            if (found.Count <= room) done.AddRange(awake.Where(q => found.Count(f => f.Queue == q) < room).Select(q => q.Done()));
        }

        return new Release(waits, done);
    }

    /// <summary>
    /// Call after the activities found were marked as sent. The queues are read again when their next entry is due or a change arrives.
    /// </summary>
    public async Task Settle(IReadOnlyList<EmptiedQueue> done, CancellationToken ct)
    {
        if (done.Count == 0) return;
        await using var write = await Checkpoints.WriteInTurn(database.Sql, WaitsProjection.LoopName, ct);
        await write.Connection.ExecuteAsync(
            $"""
            UPDATE wait_queues SET free_before = NULL, look_at = CASE WHEN @Asleep = 0 THEN ({NextSql}) END
            WHERE workspace = @Workspace AND queue = @Queue AND position = @Position
            """,
            done.Select(d => new { d.Workspace, d.Queue, d.Position, Asleep = d.Asleep ? 1 : 0 }),
            write.Transaction);
        await write.Commit(ct);
    }

    private static async Task<IReadOnlyList<WaitRow>> First(Queue queue, int room, DateTimeOffset now, DbConnection connection)
    {
        var until = queue.Status == "deleted" ? long.MaxValue : now.UtcTicks; // all activities of a deleted connection are due at once
        var parameters = new { queue.Workspace, Queue = queue.Name, queue.FreeBefore, Now = until, room };
        var rows = await connection.QueryAsync<WaitRow>(TimedSql, parameters);
        if (queue.FreeBefore is not null)
            rows = rows.Concat(await connection.QueryAsync<WaitRow>(ReleasedSql, parameters)).DistinctBy(r => r.Id);
        return [.. rows.OrderBy(r => r.RequestedAt).Take(room)];
    }

    private sealed class Queue
    {
        public required string Workspace { get; init; }

        public string Name { get; init; } = "";

        public string? ById { get; init; }

        public string? Connector { get; init; }

        public int Fails { get; init; }

        public long? FreeBefore { get; init; }

        public long Position { get; init; }

        public string? Connection { get; init; }

        public string? Status { get; init; }

        public int Busy { get; init; }

        /// <summary>
        /// The connection requires a reconnect, or no connection has the name. An event of the connection wakes the queue.
        /// </summary>
        public bool Asleep => Status == "reauthRequired" ? Fails == 0 : Connection is null;

        public EmptiedQueue Done() => new(Workspace, Name, Position, Asleep);
    }
}
