using System.Collections.Concurrent;

namespace Connections.Connectors.Pipeline;

/// <summary>Limits the concurrent activities per connection in this process. Tracks only connections with running activities.</summary>
public sealed class ConnectionSlots
{
    private readonly ConcurrentDictionary<(string Workspace, Guid Id), int> running = new();

    public int Tracked => running.Count;

    /// <summary>Takes a slot, which is released on dispose. Null if the limit is reached. Never waits.</summary>
    public IDisposable? TryEnter(string workspace, Guid id, int limit)
    {
        var key = (workspace, id);
        while (true)
        {
            if (!running.TryGetValue(key, out var now))
            {
                if (running.TryAdd(key, 1)) return new Slot(this, key);
            }
            else if (now >= limit)
            {
                return null;
            }
            else if (running.TryUpdate(key, now + 1, now))
            {
                return new Slot(this, key);
            }
        }
    }

    private void Leave((string, Guid) key)
    {
        while (running.TryGetValue(key, out var now))
        {
            var left = now > 1 ? running.TryUpdate(key, now - 1, now) : running.TryRemove(new KeyValuePair<(string, Guid), int>(key, now));
            if (left) return;
        }
    }

    private sealed class Slot(ConnectionSlots slots, (string, Guid) key) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0) slots.Leave(key);
        }
    }
}
