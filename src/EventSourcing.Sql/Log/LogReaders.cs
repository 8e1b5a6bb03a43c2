using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace EventSourcing.Sql.Log;

/// <summary>Readers to borrow: as many as read at once.</summary>
internal sealed class LogReaders(string path) : IDisposable
{
    private readonly ConcurrentBag<LogReader> idle = [];
    private volatile bool closed;

    public T Read<T>(Func<LogReader, T> read)
    {
        ObjectDisposedException.ThrowIf(closed, typeof(SqliteEventLog));
        try
        {
            if (!idle.TryTake(out var reader)) reader = new LogReader(LogFile.OpenForReading(path));
            var result = read(reader);
            idle.Add(reader);
            if (closed) Dispose();
            return result;
        }
        catch (SqliteException e)
        {
            throw SqliteFileException.From(e, path);
        }
    }

    public void Dispose()
    {
        closed = true;
        while (idle.TryTake(out var reader)) reader.Dispose();
    }
}
