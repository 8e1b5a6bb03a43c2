namespace EventSourcing.Sql.Log;

/// <summary>The latest events, in memory, shared by all subscribers, so that no subscriber reads a live event from the file.</summary>
internal sealed class LogTail(long head)
{
    private const int Capacity = 8192;
    private const long MaxBytes = 16 << 20;

    private readonly Lock gate = new();
    private readonly LogListeners listeners = new();
    private readonly RecordedEvent?[] ring = new RecordedEvent?[Capacity];
    private long first = head + 1;
    private long head = head;
    private long bytes;
    private volatile bool closed;

    /// <summary>Creates a listener that is woken by each commit with matching events, and a moment later by other commits.</summary>
    public LogListener Listen(PrefixFilter filter) => listeners.Add(filter);

    /// <summary>Wakes all waiting subscribers, which then find the log closed.</summary>
    public void Close()
    {
        closed = true;
        listeners.Close();
    }

    public long Head => Volatile.Read(ref head);

    public void Add(IReadOnlyList<RecordedEvent> events, bool trimmed)
    {
        if (events.Count == 0 && !trimmed) return;
        lock (gate)
        {
            foreach (var e in events)
            {
                if (e.Position - first == Capacity) DropFirst();
                ring[e.Position % Capacity] = e;
                bytes += Size(e);
                Volatile.Write(ref head, e.Position);
            }

            while (first <= head && (trimmed || bytes > MaxBytes)) DropFirst();
        }

        listeners.Notify(events);
    }

    /// <summary>Null if the reader is behind the oldest event in memory.</summary>
    public LogBatch? Read(long after, PrefixFilter filter, int limit)
    {
        ObjectDisposedException.ThrowIf(closed, typeof(SqliteEventLog));
        RecordedEvent[] copy;
        long end;
        lock (gate)
        {
            if (after + 1 < first) return null;
            end = head;
            copy = new RecordedEvent[Math.Min(limit, end - after)];
            for (var i = 0; i < copy.Length; i++) copy[i] = ring[(after + 1 + i) % Capacity]!;
        }

        var position = after + copy.Length;
        return new LogBatch(Array.FindAll(copy, e => filter.Takes(e.Stream)), position, CaughtUp: position == end);
    }

    private static int Size(RecordedEvent e) => e.Data.Length + e.Metadata.Length;

    private void DropFirst()
    {
        bytes -= Size(ring[first % Capacity]!);
        ring[first++ % Capacity] = null;
    }
}
