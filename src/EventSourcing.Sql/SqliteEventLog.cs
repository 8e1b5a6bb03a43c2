using System.Runtime.CompilerServices;
using EventSourcing.Sql.Log;

namespace EventSourcing.Sql;

/// <summary>
/// The log in one SQLite file. Each append is on disk before it returns. One process at a time: see <see cref="DataFolderLock"/>.
/// </summary>
public sealed class SqliteEventLog : IEventLog, IAsyncDisposable, IDisposable
{
    private const int BatchSize = 512;

    private readonly LogTail tail;
    private readonly LogWriter writer;
    private readonly LogReaders readers;

    private SqliteEventLog(string path, LogTables tables, TimeProvider clock)
    {
        tail = new LogTail(tables.Head);
        writer = new LogWriter(path, tables, tail, clock);
        readers = new LogReaders(path);
    }

    /// <exception cref="SqliteFileException">The file is not an event log of this version, is damaged, or may not be written
    /// to.</exception>
    public static SqliteEventLog Open(string path, TimeProvider clock) => Open(path, clock, maxPages: null);

    internal static SqliteEventLog Open(string path, TimeProvider clock, int? maxPages) =>
        new(path, LogTables.Open(path, maxPages), clock);

    public Task<StreamSlice> Read(string stream, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var events = readers.Read(reader => reader.Read(stream));
        return Task.FromResult(new StreamSlice(stream, events.Count == 0 ? Revision.NoStream : events[^1].Revision, events));
    }

    public Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct) => events.Count == 0
        ? throw new ArgumentException("An append has at least one event.", nameof(events))
        : writer.Write(new PendingAppend(stream, expected, events, ct));

    public async IAsyncEnumerable<LogBatch> Subscribe(
        IReadOnlyList<string> prefixes, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        var filter = new PrefixFilter(prefixes);
        using var listener = tail.Listen(filter);
        var position = after;
        for (var caughtUp = false; ;)
        {
            ct.ThrowIfCancellationRequested();
            var more = listener.Next;
            var batch = ReadAfter(position, filter);
            if (batch.Position > position || !caughtUp)
            {
                position = batch.Position;
                caughtUp |= batch.CaughtUp;
                yield return batch;
            }

            if (batch.CaughtUp) await more.WaitAsync(ct);
        }
    }

    public Task<long> Head(CancellationToken ct) => Task.FromResult(tail.Head);

    public Task Remove(string stream, CancellationToken ct) => writer.Write(new PendingTrim(stream, keep: 0, ct));

    public Task KeepLast(string stream, int count, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return writer.Write(new PendingTrim(stream, count, ct));
    }

    public void Dispose()
    {
        readers.Dispose();
        writer.Dispose();
        tail.Close();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private LogBatch ReadAfter(long position, PrefixFilter filter)
    {
        var head = tail.Head;
        if (position > head)
        {
            throw new InvalidOperationException(
                $"The reader's position {position} is beyond the end of the log at {head}: this is not the log that was read before. "
                + "Restore the newer log, or remove the reader's checkpoint and rows to read again from the start.");
        }

        return tail.Read(position, filter, BatchSize) ?? readers.Read(reader => reader.ReadAfter(position, head, filter, BatchSize));
    }
}
