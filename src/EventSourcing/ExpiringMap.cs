using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace EventSourcing;

/// <summary>When the life of an entry of an <see cref="ExpiringMap{TKey, TValue}"/> begins.</summary>
public enum ExpiresAfter
{
    Added,
    LastUse
}

/// <summary>
/// A map in memory whose entries expire. Ages are measured with timestamps, so a change of the wall clock neither revives nor ends an entry.
/// Safe for concurrent use. Expired entries are removed when entries are added.
/// </summary>
/// <param name="capacity">The maximum number of entries. When it is reached, the oldest tenth is removed.</param>
/// <param name="removed">Called for each value that expires, that is too many, or that the map still contains when it is cleared.</param>
public sealed class ExpiringMap<TKey, TValue>(
    TimeProvider clock, TimeSpan life, int capacity = int.MaxValue, ExpiresAfter expires = ExpiresAfter.Added, Action<TValue>? removed = null)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> entries = new();
    private readonly Lock adding = new();
    private long swept = clock.GetTimestamp();

    /// <summary>The number of entries, including expired ones that are not removed yet.</summary>
    public int Count => entries.Count;

    /// <summary>Finds a value that has not expired. Does not count as a use.</summary>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = entries.TryGetValue(key, out var entry) && IsAlive(entry);
        value = found ? entry!.Value : default;
        return found;
    }

    /// <summary>Adds a value. Returns false if there is one that has not expired.</summary>
    public bool TryAdd(TKey key, TValue value)
    {
        lock (adding)
        {
            if (entries.TryGetValue(key, out var entry) && IsAlive(entry)) return false;
            Add(key, value);
            return true;
        }
    }

    /// <summary>Returns the value that has not expired, or adds one. The value is created at most once at a time.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> create)
    {
        if (entries.TryGetValue(key, out var entry) && IsAlive(entry)) return Use(entry);
        lock (adding)
        {
            if (entries.TryGetValue(key, out entry) && IsAlive(entry)) return Use(entry);
            var value = create(key);
            Add(key, value);
            return value;
        }
    }

    /// <summary>Adds or replaces a value. Its life begins anew.</summary>
    public void Set(TKey key, TValue value)
    {
        lock (adding) Add(key, value);
    }

    public void RemoveWhere(Func<TValue, bool> predicate)
    {
        foreach (var (key, entry) in entries)
            if (predicate(entry.Value)) entries.TryRemove(new(key, entry));
    }

    public bool Remove(TKey key) => entries.TryRemove(key, out _);

    public void Clear() => Drop(entries);

    private bool IsAlive(Entry entry) => clock.GetElapsedTime(Volatile.Read(ref entry.At)) < life;

    private TValue Use(Entry entry)
    {
        if (expires == ExpiresAfter.LastUse) Volatile.Write(ref entry.At, clock.GetTimestamp());
        return entry.Value;
    }

    private void Add(TKey key, TValue value)
    {
        if (entries.TryGetValue(key, out var old)) Drop([new(key, old)]);
        if (clock.GetElapsedTime(swept) >= life || entries.Count >= capacity)
        {
            swept = clock.GetTimestamp();
            Drop(entries.Where(e => !IsAlive(e.Value)));
        }

        if (entries.Count >= capacity) Drop(entries.ToArray().OrderBy(e => e.Value.At).Take((capacity + 9) / 10));
        entries[key] = new Entry(value, clock.GetTimestamp());
    }

    private void Drop(IEnumerable<KeyValuePair<TKey, Entry>> dropped)
    {
        foreach (var (key, entry) in dropped)
            if (entries.TryRemove(new(key, entry))) removed?.Invoke(entry.Value);
    }

    private sealed class Entry(TValue value, long at)
    {
        public long At = at;

        public TValue Value => value;
    }
}
