using Microsoft.Data.Sqlite;

namespace EventSourcing.Sql.Log;

/// <summary>The single writer: a thread that commits all pending writes together, in one transaction with one disk sync.</summary>
internal sealed class LogWriter : IDisposable
{
    private const int MaxWritesPerCommit = 1024;

    private readonly string path;
    private readonly LogTables tables;
    private readonly LogTail tail;
    private readonly TimeProvider clock;
    private readonly Thread thread;
    private readonly Lock gate = new();
    private readonly AutoResetEvent work = new(false); // a semaphore would spin before it blocks
    private List<PendingWrite> waiting = [];
    private bool closed;

    public LogWriter(string path, LogTables tables, LogTail tail, TimeProvider clock)
    {
        (this.path, this.tables, this.tail, this.clock) = (path, tables, tail, clock);
        thread = new Thread(Run) { IsBackground = true, Name = "event log writer" };
        thread.Start();
    }

    public Task<T> Write<T>(PendingWrite<T> write)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(SqliteEventLog));
            waiting.Add(write);
            if (waiting.Count == 1) work.Set();
        }

        return write.Done;
    }

    /// <summary>Completes all pending writes before closing.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (closed) return;
            closed = true;
            work.Set();
        }

        thread.Join();
        tables.Dispose();
        work.Dispose();
    }

    private void Run()
    {
        while (Next() is { } batch)
        {
            foreach (var writes in batch.Chunk(MaxWritesPerCommit)) Commit(writes);
        }
    }

    /// <summary>Null when the log is closed and no write is pending.</summary>
    private List<PendingWrite>? Next()
    {
        while (true)
        {
            lock (gate)
            {
                if (waiting.Count > 0)
                {
                    var batch = waiting;
                    waiting = new List<PendingWrite>(batch.Count);
                    return batch;
                }

                if (closed) return null;
            }

            work.WaitOne();
        }
    }

    private void Commit(PendingWrite[] writes)
    {
        var executed = new List<PendingWrite>(writes.Length);
        try
        {
            tables.Begin();
            foreach (var write in writes)
            {
                if (write.IsCancelled)
                {
                    write.Cancel();
                    continue;
                }

                write.Execute(tables, clock);
                executed.Add(write);
            }

            tables.Commit();
        }
        catch (Exception e) when (Undo(e) is var fault)
        {
            if (writes.Length == 1) writes[0].Fail(fault);
            else
            {
                // One write may be too large for the disk: commit each separately, so that the others succeed.
                foreach (var write in writes) Commit([write]);
            }

            return;
        }

        tail.Add(tables.Written, tables.Trimmed);
        foreach (var write in executed) write.Answer();
    }

    private Exception Undo(Exception e)
    {
        try
        {
            tables.Rollback();
        }
        catch (SqliteException)
        {
            // The next BEGIN will report the same fault.
        }

        return e is SqliteException sqlite ? SqliteFileException.From(sqlite, path) : e;
    }
}
