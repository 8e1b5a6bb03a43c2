using System.Collections.Concurrent;

namespace Connections.Credentials.Keys;

/// <summary>
/// Caches unwrapped data keys for a short time: a busy connection needs no SQL, and a key destroyed on another host soon disappears here.
/// </summary>
internal sealed class KeyCache : IDisposable
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<DataKeyName, CachedKey> entries = [];
    private readonly Queue<KeyValuePair<DataKeyName, CachedKey>> oldestFirst = [];
    private readonly Lock adding = new();
    private readonly TimeProvider clock;
    private readonly int capacity;
    private readonly ITimer sweep;
    private long drops;

    public KeyCache(TimeProvider clock, int capacity = 10_000)
    {
        this.clock = clock;
        this.capacity = capacity;
        sweep = clock.CreateTimer(_ => Evict(capacity), null, Life, TimeSpan.FromMinutes(1));
    }

    public int Count => entries.Count;

    /// <summary>Read this before reading a key from the table, so that a key destroyed before <see cref="Keep"/> is not cached.</summary>
    public long Drops => Interlocked.Read(ref drops);

    /// <summary>A lease of the key, to be disposed; null if the key is not cached.</summary>
    public AesKey? Find(DataKeyName name) =>
        entries.TryGetValue(name, out var found) && clock.GetElapsedTime(found.At) < Life && found.Key.Lease() ? found.Key : null;

    /// <summary>Takes ownership of the caller's key and returns a lease of the cached one.</summary>
    public AesKey Keep(DataKeyName name, AesKey key, long dropsWhenRead)
    {
        lock (adding)
        {
            if (dropsWhenRead != drops) return key;
            Evict(capacity - 1);
            if (Find(name) is { } existing)
            {
                key.Dispose();
                return existing;
            }

            var entry = new KeyValuePair<DataKeyName, CachedKey>(name, new CachedKey(key, clock.GetTimestamp()));
            key.Lease();
            entries[name] = entry.Value;
            oldestFirst.Enqueue(entry);
            return key;
        }
    }

    public void Drop(Func<DataKeyName, bool> predicate)
    {
        lock (adding)
        {
            Interlocked.Increment(ref drops);
            foreach (var name in entries.Keys.Where(predicate))
                if (entries.TryRemove(name, out var dropped)) dropped.Key.Dispose();
        }
    }

    public void Dispose()
    {
        sweep.Dispose();
        Drop(_ => true);
    }

    private void Evict(int maxCount)
    {
        lock (adding)
        {
            while (oldestFirst.TryPeek(out var oldest) && (oldestFirst.Count > maxCount || clock.GetElapsedTime(oldest.Value.At) >= Life))
            {
                oldestFirst.Dequeue();
                if (entries.TryRemove(oldest)) oldest.Value.Key.Dispose();
            }
        }
    }

    private sealed record CachedKey(AesKey Key, long At);
}
