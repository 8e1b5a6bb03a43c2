using Microsoft.Data.Sqlite;

namespace EventSourcing.Sql.Log;

/// <summary>One connection for reading, with its prepared statements. Each read uses one snapshot and releases it at the end.</summary>
internal sealed class LogReader : IDisposable
{
    private const string Columns = "position, stream, revision, at, id, type, data, metadata";

    private readonly SqliteConnection connection;
    private readonly SqliteStatement byStream;
    private readonly SqliteStatement after;

    public LogReader(SqliteConnection connection)
    {
        this.connection = connection;
        byStream = new SqliteStatement(connection, $"SELECT {Columns} FROM events WHERE stream = ?1 ORDER BY revision");
        after = new SqliteStatement(connection, $"SELECT {Columns} FROM events WHERE position > ?1 AND position <= ?2 ORDER BY position");
    }

    public List<RecordedEvent> Read(string stream)
    {
        var events = new List<RecordedEvent>();
        try
        {
            byStream.Bind(1, stream);
            while (byStream.Step()) events.Add(Event(byStream, stream));
            return events;
        }
        finally
        {
            byStream.Reset();
        }
    }

    /// <summary>Reads events up to the head. Limits: events returned, events examined, and bytes.</summary>
    public LogBatch ReadAfter(long position, long head, PrefixFilter filter, int limit)
    {
        var events = new List<RecordedEvent>();
        var (seen, bytes) = (0, 0L);
        try
        {
            after.Bind(1, position).Bind(2, head);
            while (after.Step())
            {
                position = after.Int64(0);
                var stream = after.Text(1);
                if (filter.Takes(stream))
                {
                    var e = Event(after, stream);
                    events.Add(e);
                    bytes += e.Data.Length + e.Metadata.Length;
                }

                if (events.Count == limit || ++seen == limit * 8 || bytes > 4 << 20)
                    return new LogBatch(events, position, position == head);
            }

            return new LogBatch(events, head, CaughtUp: true);
        }
        finally
        {
            after.Reset();
        }
    }

    public void Dispose()
    {
        byStream.Dispose();
        after.Dispose();
        connection.Dispose();
    }

    private static RecordedEvent Event(SqliteStatement row, string stream) => new(
        stream,
        row.Int64(2),
        row.Int64(0),
        new Guid(row.Blob(4), bigEndian: true),
        row.Text(5),
        row.Blob(6).ToArray(),
        row.Blob(7).ToArray(),
        new DateTimeOffset(row.Int64(3), TimeSpan.Zero));
}
