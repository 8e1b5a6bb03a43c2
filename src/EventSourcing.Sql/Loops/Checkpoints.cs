using Dapper;

namespace EventSourcing.Sql.Loops;

/// <summary>
/// The position of each reader of the log. A move names its start position, so that a reader that was overtaken moves nothing.
/// </summary>
public sealed class Checkpoints(SqlDatabase database)
{
    public static readonly Migrations Tables = new(
        "checkpoints", "CREATE TABLE checkpoints (name TEXT PRIMARY KEY, position BIGINT NOT NULL)");

    public async Task<long> Read(string name, CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        var position = await connection.ExecuteScalarAsync<long?>(
            new CommandDefinition("SELECT position FROM checkpoints WHERE name = @name", new { name }, cancellationToken: ct));
        return position ?? Position.Start;
    }

    /// <summary>Every reader that ever saved a position.</summary>
    public async Task<IReadOnlyList<(string Name, long Position)>> All(CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        return [.. await connection.QueryAsync<(string, long)>(
            new CommandDefinition("SELECT name, position FROM checkpoints", cancellationToken: ct))];
    }

    /// <summary>False when the checkpoint is not at <paramref name="from"/>: then roll back the transaction.</summary>
    public static async Task<bool> Move(SqlWrite write, string name, long from, long to, CancellationToken ct)
    {
        var sql = from == Position.Start
            ? """
              INSERT INTO checkpoints (name, position) VALUES (@name, @to)
              ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE checkpoints.position = @from
              """
            : "UPDATE checkpoints SET position = @to WHERE name = @name AND position = @from";
        return await write.Connection.ExecuteAsync(
            new CommandDefinition(sql, new { name, from, to }, write.Transaction, cancellationToken: ct)) == 1;
    }

    public async Task<bool> Move(string name, long from, long to, CancellationToken ct)
    {
        await using var write = await database.BeginWrite(ct);
        if (!await Move(write, name, from, to, ct)) return false;
        await write.Commit(ct);
        return true;
    }

    /// <summary>
    /// Begins a transaction for other writers of a projection's rows. The row lock on the checkpoint serialises them with the projection,
    /// as a SQLite file does with all writers: what the transaction read stays valid until it commits, and no deadlock can occur.
    /// </summary>
    public static async ValueTask<SqlWrite> WriteInTurn(SqlDatabase database, string projection, CancellationToken ct)
    {
        var write = await database.BeginWrite(ct);
        if (database.Provider == SqlProvider.Sqlite) return write;
        try
        {
            await write.Connection.ExecuteAsync(new CommandDefinition(
                "SELECT 1 FROM checkpoints WHERE name = @projection FOR UPDATE",
                new { projection },
                write.Transaction,
                cancellationToken: ct));
            return write;
        }
        catch
        {
            await write.DisposeAsync();
            throw;
        }
    }

    /// <summary>Use in one transaction with deleting the rows: the reader starts again at the beginning of the log.</summary>
    public static Task Forget(SqlWrite write, string name, CancellationToken ct) => write.Connection.ExecuteAsync(
        new CommandDefinition("DELETE FROM checkpoints WHERE name = @name", new { name }, write.Transaction, cancellationToken: ct));
}
