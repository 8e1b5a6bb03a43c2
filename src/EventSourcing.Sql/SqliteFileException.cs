using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventSourcing.Sql;

public enum SqliteFault
{
    Foreign,
    Corrupt,
    Newer,
    ReadOnly,
    Full,
    Unusable
}

/// <summary>A SQLite file cannot be used. The message names the file, the fault and the remedy.</summary>
public sealed class SqliteFileException(SqliteFault fault, string path, string explanation, Exception? inner = null)
    : IOException($"{path} {explanation}", inner)
{
    public SqliteFault Fault { get; } = fault;

    public string Path { get; } = path;

    /// <param name="rebuildable">The file can be rebuilt from the log.</param>
    public static SqliteFileException From(SqliteException e, string path, bool rebuildable = false) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new(SqliteFault.Full, path, "cannot grow: the disk is full. Nothing was stored; make room and try again.", e),
        raw.SQLITE_READONLY => ReadOnly(path, e),
        raw.SQLITE_CORRUPT when rebuildable => new(
            SqliteFault.Corrupt,
            path,
            "is damaged. Stop the service, delete the file and its -wal. The next start rebuilds it from the log.",
            e),
        raw.SQLITE_CORRUPT => Corrupt(path, e),
        raw.SQLITE_NOTADB => Foreign(path, "is not a SQLite file", e),
        raw.SQLITE_CANTOPEN => Unusable(path, e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_CONSTRAINT => new(
            SqliteFault.Unusable, path, "is being written to by another process. Only one may use it: stop the other one.", e),
        _ => new(SqliteFault.Unusable, path, $"failed with SQLite error {e.SqliteExtendedErrorCode} ({e.Message}). Check the disk.", e)
    };

    public static SqliteFileException Unusable(string path, Exception inner) =>
        new(SqliteFault.Unusable, path, "cannot be opened: check that the folder exists and may be written to.", inner);

    public static SqliteFileException ReadOnly(string path, Exception? inner = null) =>
        new(SqliteFault.ReadOnly, path, "may not be written to. Give this user the right to write the file and its folder.", inner);

    public static SqliteFileException Corrupt(string path, Exception? inner = null) =>
        new(SqliteFault.Corrupt, path, "is damaged. Stop the service and restore the file, with its -wal, from a backup.", inner);

    public static SqliteFileException Foreign(string path, string what, Exception? inner = null) =>
        new(SqliteFault.Foreign, path, $"{what}. The file was left unchanged. Move it elsewhere, or start with another folder.", inner);

    public static SqliteFileException Newer(string path, long version, long known) =>
        new(
            SqliteFault.Newer, path,
            $"has version {version}, but this program supports version {known}. Run the newer program, or restore an older backup.");
}
