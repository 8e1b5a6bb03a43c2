namespace EventSourcing.Sql.Log;

/// <summary>
/// Wakes the subscribers for whom something was written. The others only learn that the log moved on past what is not theirs, some times a
/// second: each of a dozen loops woken by each commit would cost more than the commit.
/// </summary>
internal sealed class LogListeners
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly ITimer timer;
    private readonly List<LogListener> all = [];
    private bool pausing;

    public LogListeners() => timer = TimeProvider.System.CreateTimer(_ => NotifyRemaining(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public LogListener Add(PrefixFilter filter)
    {
        var listener = new LogListener(filter, Remove);
        lock (gate) all.Add(listener);
        return listener;
    }

    public void Notify(IReadOnlyList<RecordedEvent> events)
    {
        lock (gate)
        {
            var others = false;
            foreach (var listener in all) others |= !listener.Heard(events);
            if (!others || pausing) return;
            pausing = true;
            timer.Change(Pause, Timeout.InfiniteTimeSpan);
        }
    }

    public void Close()
    {
        timer.Dispose();
        NotifyRemaining();
    }

    private void NotifyRemaining()
    {
        lock (gate)
        {
            pausing = false;
            foreach (var listener in all) listener.Wake();
        }
    }

    private void Remove(LogListener listener)
    {
        lock (gate) all.Remove(listener);
    }
}

/// <summary>What one subscriber waits for. Take <see cref="Next"/> before looking at the log: then nothing is missed.</summary>
internal sealed class LogListener(PrefixFilter filter, Action<LogListener> leave) : IDisposable
{
    private readonly Signal signal = new();

    public Task Next => signal.Next;

    /// <summary>False where none of them is for it.</summary>
    public bool Heard(IReadOnlyList<RecordedEvent> events)
    {
        foreach (var e in events)
        {
            if (!filter.Takes(e.Stream)) continue;
            signal.Set();
            return true;
        }

        return false;
    }

    public void Wake() => signal.Set();

    public void Dispose() => leave(this);
}
