using System.Collections.Concurrent;
using Connections.Hosting.Keys;

namespace Connections.Web.Keys;

/// <summary>Caches API keys for 10 s. Other processes therefore accept a deleted key for up to 10 s.</summary>
public sealed class KeyCache(ApiKeys keys, TimeProvider clock)
{
    private const int MaxEntries = 10_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (KeyPrincipal Caller, long At)> entries = new();

    /// <summary>Returns the key with this hash; null when there is none, or it has expired.</summary>
    public async ValueTask<KeyPrincipal?> Find(string hash, CancellationToken ct)
    {
        if (hash.Length == 0) return null;
        if (!entries.TryGetValue(hash, out var cached) || clock.GetElapsedTime(cached.At) >= Lifetime)
        {
            entries.TryRemove(hash, out _);
            if (await keys.Find(hash, ct) is not { } found) return null;
            if (entries.Count >= MaxEntries) entries.Clear();
            entries[hash] = cached = (new KeyPrincipal(found), clock.GetTimestamp());
            // A precision of one minute is enough, and saves a write per request.
            if (found.LastUsedAt is not { } last || clock.GetUtcNow() - last > Minute) await keys.Used(found.Id, ct);
        }

        return cached.Caller.Key.ExpiresAt <= clock.GetUtcNow() ? null : cached.Caller;
    }

    public void Forget(Guid id)
    {
        foreach (var (hash, cached) in entries)
            if (cached.Caller.Key.Id == id) entries.TryRemove(hash, out _);
    }
}
