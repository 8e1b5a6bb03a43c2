using Microsoft.Data.Sqlite;

namespace EventSourcing.Sql.Log;

/// <summary>The prepared statements and the head of the single writer.</summary>
internal sealed class LogTables : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteStatement begin;
    private readonly SqliteStatement commit;
    private readonly SqliteStatement rollback;
    private readonly SqliteStatement revision;
    private readonly SqliteStatement insert;
    private readonly SqliteStatement between;
    private readonly SqliteStatement deleteUpTo;
    private readonly SqliteStatement keepHead;
    private readonly List<RecordedEvent> written = [];

    /// <exception cref="SqliteFileException">The file cannot be used.</exception>
    public static LogTables Open(string path, int? maxPages)
    {
        var connection = LogFile.OpenForWriting(path, maxPages);
        try
        {
            return new LogTables(connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteFileException.From(e, path);
        }
    }

    private LogTables(SqliteConnection connection)
    {
        this.connection = connection;
        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        rollback = Prepare("ROLLBACK");
        revision = Prepare("SELECT max(revision) FROM events WHERE stream = ?1");
        insert = Prepare("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        between = Prepare("""
            SELECT revision, ends_append, id, position FROM events WHERE stream = ?1 AND revision BETWEEN ?2 AND ?3 ORDER BY revision
            """);
        deleteUpTo = Prepare("DELETE FROM events WHERE stream = ?1 AND revision <= ?2");
        keepHead = Prepare("UPDATE head SET position = ?1");
        var stored = Prepare("SELECT max((SELECT position FROM head), ifnull((SELECT max(position) FROM events), 0))");
        stored.Step();
        Head = stored.Int64(0);
        stored.Dispose();
    }

    /// <summary>The last position assigned, including those of the open transaction.</summary>
    public long Head { get; private set; }

    public IReadOnlyList<RecordedEvent> Written => written;

    public bool Trimmed { get; private set; }

    private long HeadBefore { get; set; }

    public void Begin()
    {
        (HeadBefore, Trimmed) = (Head, false);
        written.Clear();
        begin.Run();
    }

    public void Commit() => commit.Run();

    /// <summary>Rolls back after an error. SQLite may have rolled back already.</summary>
    public void Rollback()
    {
        (Head, Trimmed) = (HeadBefore, false);
        written.Clear();
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle!) == 0) rollback.Run();
    }

    public long GetRevision(string stream)
    {
        revision.Bind(1, stream).Step();
        var last = revision.IsNull(0) ? Revision.NoStream : revision.Int64(0);
        revision.Reset();
        return last;
    }

    public Appended Insert(string stream, long expected, IReadOnlyList<NewEvent> events, DateTimeOffset at)
    {
        Span<byte> id = stackalloc byte[16];
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            e.Id.TryWriteBytes(id, bigEndian: true, out _);
            insert.Bind(1, Head + 1).Bind(2, stream).Bind(3, expected + 1 + i).Bind(4, i == events.Count - 1 ? 1 : 0)
                .Bind(5, at.UtcTicks).Bind(6, id).Bind(7, e.Type).Bind(8, e.Data.Span).Bind(9, e.Metadata.Span).Run();
            Head++;
            written.Add(new RecordedEvent(stream, expected + 1 + i, Head, e.Id, e.Type, e.Data.ToArray(), e.Metadata.ToArray(), at));
        }

        return new Appended(expected + events.Count, Head);
    }

    /// <summary>The result of an earlier append, if exactly these events were appended at this revision; else null.</summary>
    public Appended? FindAppend(string stream, long expected, IReadOnlyList<NewEvent> events)
    {
        var (found, same, position) = (0, true, 0L);
        between.Bind(1, stream).Bind(2, expected).Bind(3, expected + events.Count);
        while (between.Step())
        {
            var ends = between.Int64(1) == 1;
            if (between.Int64(0) == expected)
            {
                same &= ends;
                continue;
            }

            same &= found < events.Count
                && ends == (found == events.Count - 1)
                && new Guid(between.Blob(2), bigEndian: true) == events[found].Id;
            position = between.Int64(3);
            found++;
        }

        return same && found == events.Count ? new Appended(expected + found, position) : null;
    }

    public void Delete(string stream, long upToRevision)
    {
        deleteUpTo.Bind(1, stream).Bind(2, upToRevision).Run();
        keepHead.Bind(1, Head).Run(); // a position is never assigned twice, even after the last events were removed
        Trimmed = true;
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[begin, commit, rollback, revision, insert, between, deleteUpTo, keepHead])
            statement.Dispose();
        connection.Dispose();
    }

    private SqliteStatement Prepare(string sql) => new(connection, sql);
}
