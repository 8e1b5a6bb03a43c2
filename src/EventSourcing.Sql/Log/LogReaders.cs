using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace EventSourcing.Sql.Log;

/// <summary>A pool of readers, with as many as there are concurrent reads.</summary>
internal sealed class LogReaders(string path) : IDisposable
{
    private readonly ConcurrentBag<LogReader> idle = [];
    private volatile bool closed;

    public T Read<T>(Func<LogReader, T> read)
    {
        ObjectDisposedException.ThrowIf(closed, typeof(SqliteEventLog));
        LogReader? reader = null;
        try
        {
            if (!idle.TryTake(out reader)) reader = new LogReader(LogFile.OpenForReading(path));
            var result = read(reader);
            idle.Add(reader);
            if (closed) Dispose();
            return result;
        }
        catch (Exception e)
        {
            reader?.Dispose();
            if (e is SqliteException sqlite) throw SqliteFileException.From(sqlite, path);
            throw;
        }
    }

    public void Dispose()
    {
        closed = true;
        while (idle.TryTake(out var reader)) reader.Dispose();
    }
}
