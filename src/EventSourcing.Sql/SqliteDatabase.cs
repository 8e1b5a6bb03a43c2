using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace EventSourcing.Sql;

/// <summary>The durability of a commit to a SQLite file.</summary>
public enum SqliteDurability
{
    /// <summary>On disk when the commit returns (<c>synchronous=FULL</c>).</summary>
    Full,

    /// <summary>
    /// Consistent after any crash, but a power cut may lose the last commits. For data that the log can rebuild
    /// (<c>synchronous=NORMAL</c>).
    /// </summary>
    Rebuildable
}

/// <summary>
/// A SQLite file in WAL mode. Its writers take turns inside the process. Commands of other processes may write too: SQLite makes them wait.
/// </summary>
public sealed class SqliteDatabase : SqlDatabase
{
    private readonly string path;
    private readonly SqliteDurability durability;
    private readonly string connectionString;
    private readonly string readPragmas;
    private readonly string writePragmas;
    private readonly SemaphoreSlim writeLock = new(1, 1);
    private readonly ConcurrentBag<PreparedConnection> readers = [];
    private PreparedConnection? writer;
    private volatile bool closed;

    public SqliteDatabase(string path, SqliteDurability durability, bool secureDelete = false)
    {
        (this.path, this.durability) = (path, durability);
        connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();
        // Set on every connection: a secret deleted through a reading connection must not stay in the file.
        readPragmas = secureDelete ? "PRAGMA secure_delete = ON;" : "";
        writePragmas = $"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = {(durability == SqliteDurability.Full ? "FULL" : "NORMAL")};
            {readPragmas}
            """;
    }

    public override SqlProvider Provider => SqlProvider.Sqlite;

    /// <exception cref="SqliteFileException">The file cannot be used.</exception>
    public override async ValueTask<DbConnection> Open(CancellationToken ct) => readers.TryTake(out var reader)
        ? reader
        : new PreparedConnection(await Open(readPragmas, ct), GiveBack);

    /// <exception cref="SqliteFileException">The file cannot be used.</exception>
    public override async ValueTask<SqlWrite> BeginWrite(CancellationToken ct)
    {
        await writeLock.WaitAsync(ct);
        try
        {
            writer ??= new PreparedConnection(await Open(writePragmas, ct), giveBack: null);
            return new Write(this, writer, await writer.BeginTransactionAsync(ct));
        }
        catch (SqliteException e)
        {
            writeLock.Release();
            throw Fault(e);
        }
        catch
        {
            writeLock.Release();
            throw;
        }
    }

    public override ValueTask DisposeAsync()
    {
        closed = true;
        writer?.End();
        EndReaders();
        writeLock.Dispose();
        return ValueTask.CompletedTask;
    }

    private void GiveBack(PreparedConnection reader)
    {
        readers.Add(reader);
        if (closed) EndReaders();
    }

    private void EndReaders()
    {
        while (readers.TryTake(out var reader)) reader.End();
    }

    private async Task<SqliteConnection> Open(string pragmas, CancellationToken ct)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            PrivateFile.Create(path);
            await connection.OpenAsync(ct);
            if (pragmas.Length == 0) return connection;
            await using var command = new SqliteCommand(pragmas, connection);
            await command.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch (SqliteException e)
        {
            await connection.DisposeAsync();
            throw Fault(e);
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not SqliteFileException)
        {
            await connection.DisposeAsync();
            throw SqliteFileException.Unusable(path, e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private SqliteFileException Fault(SqliteException e) =>
        SqliteFileException.From(e, path, rebuildable: durability == SqliteDurability.Rebuildable);

    private sealed class Write(SqliteDatabase database, DbConnection connection, DbTransaction transaction) : SqlWrite
    {
        private bool done;

        public override DbConnection Connection => connection;

        public override DbTransaction Transaction => transaction;

        public override async Task Commit(CancellationToken ct)
        {
            try
            {
                await transaction.CommitAsync(ct);
            }
            catch (SqliteException e)
            {
                throw database.Fault(e);
            }
        }

        public override async ValueTask DisposeAsync()
        {
            if (done) return;
            done = true;
            try
            {
                await transaction.DisposeAsync();
            }
            finally
            {
                database.writeLock.Release();
            }
        }
    }
}
