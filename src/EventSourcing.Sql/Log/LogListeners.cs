namespace EventSourcing.Sql.Log;

/// <summary>
/// Wakes the subscribers that have matching events. The others are notified of a new position only at intervals: waking a dozen loops on
/// each commit would cost more than the commit.
/// </summary>
internal sealed class LogListeners
{
    private static readonly TimeSpan NotifyInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly ITimer timer;
    private readonly List<LogListener> all = [];
    private bool scheduled;

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
            foreach (var listener in all) others |= !listener.Notify(events);
            if (!others || scheduled) return;
            scheduled = true;
            timer.Change(NotifyInterval, Timeout.InfiniteTimeSpan);
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
            scheduled = false;
            foreach (var listener in all) listener.Wake();
        }
    }

    private void Remove(LogListener listener)
    {
        lock (gate) all.Remove(listener);
    }
}

/// <summary>The signal of one subscriber. Take <see cref="Next"/> before reading the log, so that no event is missed.</summary>
internal sealed class LogListener(PrefixFilter filter, Action<LogListener> remove) : IDisposable
{
    private readonly Signal signal = new();

    public Task Next => signal.Next;

    /// <summary>False if none of the events matches the filter.</summary>
    public bool Notify(IReadOnlyList<RecordedEvent> events)
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

    public void Dispose() => remove(this);
}
