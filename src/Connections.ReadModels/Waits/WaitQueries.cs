using Connections.Domain;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Waits;

/// <param name="Revision">The stream's revision when the row was written. Commands for the row are appended at exactly this
/// revision.</param>
/// <param name="Connection">The connection it was or will be sent to; empty if none is known.</param>
public sealed record Wait(string Workspace, Guid Id, long Revision, int Attempts, string Connection);

/// <summary>The waker's queries, and its records of what it sent.</summary>
public sealed class WaitQueries(ReadModelDatabase database)
{
    internal const string Columns = "workspace, id, revision, attempts, requested_at AS RequestedAt, run_seconds AS RunSeconds, connection";

    internal const string UnheardSql =
        $"""
        SELECT {Columns}, CASE WHEN fails = 0 AND EXISTS (SELECT 1 FROM wait_connections c
            WHERE c.workspace = waits.workspace AND c.id = waits.connection AND c.status = 'reauthRequired') THEN 1 ELSE 0 END AS Dead
        FROM waits WHERE state = 'sent' AND resend_at <= @Now ORDER BY resend_at LIMIT @limit
        """;

    internal const string OverdueSql =
        $"SELECT {Columns} FROM waits WHERE state <> 'running' AND deadline <= @Now ORDER BY deadline LIMIT @limit";

    internal const string RunningSql = $"SELECT {Columns} FROM waits WHERE state = 'running' AND position <= @upTo";

    internal const string LostSql =
        $"""
        SELECT {Columns} FROM waits
        WHERE state = 'running' AND position <= @upTo AND ran_revision = revision AND ran_ms > run_seconds * 1000 + @GraceMs
        """;

    private const string ThisRow = "workspace = @Workspace AND id = @Id";

    /// <summary>
    /// Sent activities without a report. <c>Dead</c>: the connection requires a reconnect, so the activity is not sent again.
    /// </summary>
    public async Task<IReadOnlyList<(Wait Wait, bool Dead)>> Unheard(DateTimeOffset now, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<WaitRow>(UnheardSql, new { Now = now.UtcTicks, limit });
        return [.. rows.Select(r => (r.ToWait(), r.Dead != 0))];
    }

    public async Task<IReadOnlyList<Wait>> Overdue(DateTimeOffset now, int limit, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return [.. (await connection.QueryAsync<WaitRow>(OverdueSql, new { Now = now.UtcTicks, limit })).Select(r => r.ToWait())];
    }

    /// <summary>All running attempts that started at or before a position of the log.</summary>
    public async Task<IReadOnlyList<Wait>> Running(long upTo, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return [.. (await connection.QueryAsync<WaitRow>(RunningSql, new { upTo })).Select(r => r.ToWait())];
    }

    /// <summary>The position at which the newest running attempt started; <see cref="Position.Start"/> if none runs.</summary>
    public async Task<long> NewestRunning(CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return await connection.ExecuteScalarAsync<long?>("SELECT MAX(position) FROM waits WHERE state = 'running'") ?? Position.Start;
    }

    /// <summary>Adds to the running time of each attempt that started at or before a position of the log and still runs.</summary>
    public async Task AddRunningTime(long upTo, TimeSpan elapsed, CancellationToken ct)
    {
        await using var write = await Checkpoints.WriteInTurn(database.Sql, WaitsProjection.LoopName, ct);
        await write.Connection.ExecuteAsync(
            """
            UPDATE waits SET ran_ms = CASE WHEN ran_revision = revision THEN ran_ms ELSE 0 END + @Ms, ran_revision = revision
            WHERE state = 'running' AND position <= @upTo
            """,
            new { upTo, Ms = (long)elapsed.TotalMilliseconds },
            write.Transaction);
        await write.Commit(ct);
    }

    /// <summary>
    /// Attempts that started at or before a position of the log and run longer than their limit and the grace period.
    /// </summary>
    public async Task<IReadOnlyList<Wait>> Lost(long upTo, TimeSpan grace, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<WaitRow>(LostSql, new { upTo, GraceMs = (long)grace.TotalMilliseconds });
        return [.. rows.Select(r => r.ToWait())];
    }

    public async Task<int> WaitingOver(ConnectionId connection, CancellationToken ct)
    {
        await using var db = await database.Sql.Open(ct);
        return await db.ExecuteScalarAsync<int>(
            "SELECT COUNT(*) FROM waits WHERE workspace = @Workspace AND connection = @Connection AND state = 'waiting'",
            new { connection.Workspace, Connection = connection.Value.ToString() });
    }

    /// <summary>Call after sending. A row that changed meanwhile is not updated.</summary>
    public async Task Sent(IReadOnlyList<Wait> waits, DateTimeOffset now, CancellationToken ct)
    {
        await using var write = await Checkpoints.WriteInTurn(database.Sql, WaitsProjection.LoopName, ct);
        foreach (var wait in waits)
        {
            var row = new { wait.Workspace, Id = wait.Id.ToString(), wait.Revision };
            var before = await write.Connection.ExecuteScalarAsync<int?>(
                $"SELECT sent FROM waits WHERE {ThisRow} AND revision = @Revision", row, write.Transaction);
            if (before is not { } sent) continue;
            await write.Connection.ExecuteAsync(
                $"""
                UPDATE waits SET state = 'sent', since = CASE WHEN state = 'sent' THEN since ELSE @Now END, sent = @Sent, resend_at = @At,
                    connection = @Connection
                WHERE {ThisRow} AND revision = @Revision
                """,
                new
                {
                    row.Workspace,
                    row.Id,
                    row.Revision,
                    wait.Connection,
                    Now = now.UtcTicks,
                    Sent = sent + 1,
                    At = (now + ResendDelay.After(sent + 1)).UtcTicks
                },
                write.Transaction);
        }

        await write.Commit(ct);
    }

    /// <summary>Makes sent activities wait again until their connection is reconnected.</summary>
    public async Task Park(IReadOnlyList<Wait> waits, CancellationToken ct)
    {
        await using var write = await Checkpoints.WriteInTurn(database.Sql, WaitsProjection.LoopName, ct);
        await write.Connection.ExecuteAsync(
            $"""
            UPDATE waits SET state = 'waiting', since = NULL, resend_at = NULL, parked = 1, due = requested_at
            WHERE {ThisRow} AND revision = @Revision AND state = 'sent';
            {WaitTables.Enqueue}
            """,
            waits.Select(w => new { w.Workspace, Id = w.Id.ToString(), w.Revision }),
            write.Transaction);
        await write.Commit(ct);
    }

    /// <summary>For a start after which no earlier message can exist: all sent activities become due again.</summary>
    public async Task ForgetSent(CancellationToken ct)
    {
        await using var write = await Checkpoints.WriteInTurn(database.Sql, WaitsProjection.LoopName, ct);
        await write.Connection.ExecuteAsync(
            $"""
            UPDATE waits SET due = requested_at WHERE state = 'sent';
            {WaitTables.EnqueueSent};
            UPDATE waits SET state = 'waiting', since = NULL, resend_at = NULL WHERE state = 'sent'
            """,
            transaction: write.Transaction);
        await write.Commit(ct);
    }
}

internal sealed class WaitRow
{
    public required string Workspace { get; init; }

    public required string Id { get; init; }

    public required long Revision { get; init; }

    public required int Attempts { get; init; }

    public required long RequestedAt { get; init; }

    public required int RunSeconds { get; init; }

    public required string Connection { get; init; }

    public int Dead { get; init; }

    public Wait ToWait(string? connection = null) => new(Workspace, Guid.Parse(Id), Revision, Attempts, connection ?? Connection);
}
