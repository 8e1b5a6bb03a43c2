using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace EventSourcing.Sql;

/// <summary>How much a commit of a SQLite file survives.</summary>
public enum SqliteDurability
{
    /// <summary>On disk when the commit returns (<c>synchronous=FULL</c>).</summary>
    Full,

    /// <summary>Whole after any crash, but the last commits may be missing after a power cut: for what the log can rebuild (<c>synchronous=NORMAL</c>).</summary>
    Rebuildable
}

/// <summary>A SQLite file in WAL mode. Its one writer is chosen here, in the process, since one process owns the folder.</summary>
public sealed class SqliteDatabase : SqlDatabase
{
    private readonly string connectionString;
    private readonly string pragmas;
    private readonly SemaphoreSlim writer = new(1, 1);

    public SqliteDatabase(string path, SqliteDurability durability, bool secureDelete = false)
    {
        connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true }.ToString();
        pragmas = $"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = {(durability == SqliteDurability.Full ? "FULL" : "NORMAL")};
            PRAGMA secure_delete = {(secureDelete ? "ON" : "OFF")};
            """;
    }

    public override SqlProvider Provider => SqlProvider.Sqlite;

    public override async ValueTask<DbConnection> Open(CancellationToken ct)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        await command.ExecuteNonQueryAsync(ct);
        return connection;
    }

    public override async ValueTask<SqlWrite> BeginWrite(CancellationToken ct)
    {
        await writer.WaitAsync(ct);
        try
        {
            var connection = await Open(ct);
            return new Write(connection, await connection.BeginTransactionAsync(ct), writer);
        }
        catch
        {
            writer.Release();
            throw;
        }
    }

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(connectionString);
        SqliteConnection.ClearPool(connection);
        writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Write(DbConnection connection, DbTransaction transaction, SemaphoreSlim writer) : SqlWrite
    {
        public override DbConnection Connection => connection;

        public override DbTransaction Transaction => transaction;

        public override Task Commit(CancellationToken ct) => transaction.CommitAsync(ct);

        public override async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
            writer.Release();
        }
    }
}
