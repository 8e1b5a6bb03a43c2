using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventSourcing.Sql.Log;

/// <summary>The file of the log: what is in it, and whether it may be used.</summary>
internal static class LogFile
{
    private const long ApplicationId = 0x65766C67; // "evlg"
    private const long Version = 1;
    private const long SmallEnoughToCheck = 32 << 20;

    // The name of the stream lies in each event: most streams hold two or three, and a row for each stream would cost more than it saves.
    // ends_append marks the last event of an append: SQLite keeps 0 and 1 in no byte at all.
    private const string Schema = """
        CREATE TABLE events (
            position INTEGER PRIMARY KEY,
            stream TEXT NOT NULL,
            revision INTEGER NOT NULL,
            ends_append INTEGER NOT NULL,
            at INTEGER NOT NULL,
            id BLOB NOT NULL,
            type TEXT NOT NULL,
            data BLOB NOT NULL,
            metadata BLOB NOT NULL
        );
        CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
        CREATE TABLE head (position INTEGER NOT NULL);
        INSERT INTO head VALUES (0);
        """;

    /// <summary>Checks the file, or makes it, and gives the connection for writing.</summary>
    /// <exception cref="SqliteFileException">It cannot be used; it was left untouched.</exception>
    public static SqliteConnection OpenForWriting(string path, int? mostPages)
    {
        var connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Open();
            Check(connection, path);

            // no larger cache: a commit that has moved pages of the index looks at every page that is cached
            Execute(connection, $"""
                PRAGMA busy_timeout = 5000;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 2000;
                PRAGMA cache_size = -8192;
                """);
            if (Pragma(connection, "user_version") == 0)
            {
                Execute(connection, $"""
                    BEGIN IMMEDIATE;
                    {Schema}
                    PRAGMA application_id = {ApplicationId};
                    PRAGMA user_version = {Version};
                    COMMIT;
                    """);
            }

            if (mostPages is { } pages) Execute(connection, $"PRAGMA max_page_count = {pages}");
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteFileException.From(e, path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenForReading(string path)
    {
        var connection = Connect(path, SqliteOpenMode.ReadWrite);
        connection.Open();
        Execute(connection, "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000;");
        return connection;
    }

    private static void Check(SqliteConnection connection, string path)
    {
        if (raw.sqlite3_db_readonly(connection.Handle!, "main") == 1) throw SqliteFileException.ReadOnly(path);
        var application = Pragma(connection, "application_id");
        var tables = (long)Scalar(connection, "SELECT count(*) FROM sqlite_schema");
        if (application != ApplicationId && (application != 0 || tables > 0))
            throw SqliteFileException.Foreign(path, "is a SQLite file of another program, not an event log");
        var version = Pragma(connection, "user_version");
        if (version > Version) throw SqliteFileException.Newer(path, version, Version);
        if (new FileInfo(path).Length > SmallEnoughToCheck) return; // a larger one is found damaged when the damage is met
        if (Scalar(connection, "PRAGMA quick_check(1)") is not "ok") throw SqliteFileException.Corrupt(path);
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode) =>
        new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());

    private static long Pragma(SqliteConnection connection, string name) => (long)Scalar(connection, $"PRAGMA {name}");

    private static object Scalar(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        return command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
