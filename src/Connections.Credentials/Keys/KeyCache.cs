using System.Collections.Concurrent;

namespace Connections.Credentials.Keys;

/// <summary>
/// Unwrapped data keys, for a short while: so that a busy connection costs no SQL, and a key destroyed on another machine is soon gone here.
/// </summary>
internal sealed class KeyCache : IDisposable
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<DataKeyName, Kept> kept = [];
    private readonly Queue<KeyValuePair<DataKeyName, Kept>> oldestFirst = [];
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

    public int Count => kept.Count;

    /// <summary>Noted before a key is read from the table, so that one destroyed between that and <see cref="Keep"/> is not kept.</summary>
    public long Drops => Interlocked.Read(ref drops);

    /// <summary>A lease of the key, to be disposed; null when it is not here.</summary>
    public AesKey? Find(DataKeyName name) =>
        kept.TryGetValue(name, out var found) && clock.GetElapsedTime(found.At) < Life && found.Key.Lease() ? found.Key : null;

    /// <summary>Takes over the caller's own key and hands back a lease of the one that is kept.</summary>
    public AesKey Keep(DataKeyName name, AesKey key, long dropsWhenRead)
    {
        lock (adding)
        {
            if (dropsWhenRead != drops) return key;
            Evict(capacity - 1);
            if (Find(name) is { } already)
            {
                key.Dispose();
                return already;
            }

            var entry = new KeyValuePair<DataKeyName, Kept>(name, new Kept(key, clock.GetTimestamp()));
            key.Lease();
            kept[name] = entry.Value;
            oldestFirst.Enqueue(entry);
            return key;
        }
    }

    public void Drop(Func<DataKeyName, bool> which)
    {
        lock (adding)
        {
            Interlocked.Increment(ref drops);
            foreach (var name in kept.Keys.Where(which))
                if (kept.TryRemove(name, out var dropped)) dropped.Key.Dispose();
        }
    }

    public void Dispose()
    {
        sweep.Dispose();
        Drop(_ => true);
    }

    private void Evict(int most)
    {
        lock (adding)
        {
            while (oldestFirst.TryPeek(out var oldest) && (oldestFirst.Count > most || clock.GetElapsedTime(oldest.Value.At) >= Life))
            {
                oldestFirst.Dequeue();
                if (kept.TryRemove(oldest)) oldest.Value.Key.Dispose();
            }
        }
    }

    private sealed record Kept(AesKey Key, long At);
}
