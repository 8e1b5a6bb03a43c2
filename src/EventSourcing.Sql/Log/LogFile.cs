using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventSourcing.Sql.Log;

/// <summary>The file of the log: its schema, and checks that it may be used.</summary>
internal static class LogFile
{
    private const long ApplicationId = 0x65766C67; // "evlg"
    private const long Version = 1;
    private const long MaxCheckedSize = 32 << 20;

    // Each event holds the name of its stream: most streams have two or three events, so a row per stream would cost more than it saves.
    // ends_append marks the last event of an append. SQLite stores 0 and 1 without any data byte.
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

    /// <summary>Checks or creates the file, and returns the connection for writing.</summary>
    /// <exception cref="SqliteFileException">The file cannot be used; it was left unchanged.</exception>
    public static SqliteConnection OpenForWriting(string path, int? maxPages)
    {
        var connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            PrivateFile.Create(path);
            connection.Open();
            Check(connection, path);

            // A larger cache would be slower: a commit that moved pages of the index visits every cached page.
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

            if (maxPages is { } pages) Execute(connection, $"PRAGMA max_page_count = {pages}");
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteFileException.From(e, path);
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not SqliteFileException)
        {
            connection.Dispose();
            throw SqliteFileException.Unusable(path, e);
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
        if (new FileInfo(path).Length > MaxCheckedSize) return; // checking a larger file takes too long; a read reports its damage
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
