using Dapper;
using EventSourcing.Sql;

namespace Connections.ReadModels;

/// <param name="Revision">Of the activity's stream when the row was written: who acts on the row appends just there, or not at all.</param>
public sealed record Wait(string Workspace, Guid Id, long Revision, int Attempts);

/// <summary>The waker's questions to its table, and its notes of what it sent.</summary>
public sealed class WaitQueries(ReadModelDatabase database)
{
    private sealed record Row(string Workspace, string Id, long Revision, long Attempts);

    /// <summary>
    /// What is due and fits under its connection's limit, oldest first. What was sent and shows no later revision counts as running.
    /// </summary>
    public async Task<IReadOnlyList<Wait>> Due(DateTimeOffset now, Func<string?, int> limitOf, int most, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var groups = await connection.QueryAsync<(string Workspace, string Connection, string? Connector)>(
            """
            SELECT workspace, connection, MAX(connector) FROM waits WHERE due <= @Now AND state = 'waiting' AND sent_at IS NULL
            GROUP BY workspace, connection
            """,
            new { Now = now.UtcTicks });
        var due = new List<Wait>();
        foreach (var (workspace, id, connector) in groups)
        {
            var busy = await connection.ExecuteScalarAsync<int>(
                "SELECT COUNT(*) FROM waits WHERE workspace = @workspace AND connection = @id AND (state = 'running' OR sent_at IS NOT NULL)",
                new { workspace, id });
            var room = Math.Min(limitOf(connector) - busy, most - due.Count);
            if (room <= 0) continue;
            var rows = await connection.QueryAsync<Row>(
                """
                SELECT workspace, id, revision, attempts FROM waits
                WHERE workspace = @workspace AND connection = @id AND state = 'waiting' AND sent_at IS NULL AND due <= @Now
                ORDER BY requested_at LIMIT @room
                """,
                new { workspace, id, Now = now.UtcTicks, room });
            due.AddRange(rows.Select(Of));
        }

        return due;
    }

    /// <summary>What was sent and shows no later revision: after 60 s, then twice as long each time, 10 min at most.</summary>
    public async Task<IReadOnlyList<Wait>> Unheard(DateTimeOffset now, int most, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return [.. (await connection.QueryAsync<Row>(
            """
            SELECT workspace, id, revision, attempts FROM waits
            WHERE state <> 'running' AND sent_at <= @Now - 600000000 *
                (CASE WHEN sent <= 1 THEN 1 WHEN sent = 2 THEN 2 WHEN sent = 3 THEN 4 WHEN sent = 4 THEN 8 ELSE 10 END)
            ORDER BY requested_at LIMIT @most
            """,
            new { Now = now.UtcTicks, most })).Select(Of)];
    }

    public async Task<IReadOnlyList<Wait>> Overdue(DateTimeOffset now, int most, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        return [.. (await connection.QueryAsync<Row>(
            "SELECT workspace, id, revision, attempts FROM waits WHERE state <> 'running' AND deadline <= @Now ORDER BY deadline LIMIT @most",
            new { Now = now.UtcTicks, most })).Select(Of)];
    }

    /// <summary>All attempts that run, with the seconds each may take, begun at or before a position of the log.</summary>
    public async Task<IReadOnlyList<(Wait Wait, int RunSeconds)>> Running(long upTo, CancellationToken ct)
    {
        await using var connection = await database.Sql.Open(ct);
        var rows = await connection.QueryAsync<(string Workspace, string Id, long Revision, long Attempts, int RunSeconds)>(
            "SELECT workspace, id, revision, attempts, run_seconds FROM waits WHERE state = 'running' AND position <= @upTo", new { upTo });
        return [.. rows.Select(r => (Of(new Row(r.Workspace, r.Id, r.Revision, r.Attempts)), r.RunSeconds))];
    }

    public async Task<int> WaitingOver(string workspace, Guid connection, CancellationToken ct)
    {
        await using var db = await database.Sql.Open(ct);
        return await db.ExecuteScalarAsync<int>(
            "SELECT COUNT(*) FROM waits WHERE workspace = @workspace AND connection = @Connection AND state = 'waiting'",
            new { workspace, Connection = connection.ToString() });
    }

    /// <summary>Noted after sending; a row that has moved on meanwhile is left alone.</summary>
    public async Task Sent(IReadOnlyList<Wait> waits, DateTimeOffset now, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(
            "UPDATE waits SET sent_at = @Now, sent = sent + 1 WHERE workspace = @Workspace AND id = @Id AND revision = @Revision",
            waits.Select(w => new { w.Workspace, Id = w.Id.ToString(), w.Revision, Now = now.UtcTicks }),
            write.Transaction);
        await write.Commit(ct);
    }

    /// <summary>After a start in which no earlier message can have survived: everything sent is due again.</summary>
    public async Task ForgetSent(DateTimeOffset now, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await write.Connection.ExecuteAsync(
            "UPDATE waits SET state = 'waiting', sent_at = NULL, due = @Now WHERE state <> 'running' AND sent_at IS NOT NULL",
            new { Now = now.UtcTicks },
            write.Transaction);
        await write.Commit(ct);
    }

    private static Wait Of(Row row) => new(row.Workspace, Guid.Parse(row.Id), row.Revision, (int)row.Attempts);
}
