using System.Collections.Concurrent;
using Connections.Hosting.Keys;

namespace Connections.Api.Keys;

/// <summary>Keys seen lately. A key that was deleted is refused by other processes some seconds later.</summary>
public sealed class KeyCache(ApiKeys keys, TimeProvider clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (KeyPrincipal Caller, long At)> seen = new();

    /// <summary>The key with this hash; null when there is none, or it has expired.</summary>
    public async ValueTask<KeyPrincipal?> Find(string hash, CancellationToken ct)
    {
        if (!seen.TryGetValue(hash, out var cached) || clock.GetElapsedTime(cached.At) >= Life)
        {
            seen.TryRemove(hash, out _);
            if (await keys.Find(hash, ct) is not { } found) return null;
            if (seen.Count >= Most) seen.Clear();
            seen[hash] = cached = (new KeyPrincipal(found), clock.GetTimestamp());
            // to the minute is enough
            if (found.LastUsedAt is not { } last || clock.GetUtcNow() - last > Minute) await keys.Used(found.Id, ct);
        }

        return cached.Caller.Key.ExpiresAt <= clock.GetUtcNow() ? null : cached.Caller;
    }

    public void Forget(Guid id)
    {
        foreach (var (hash, cached) in seen)
            if (cached.Caller.Key.Id == id) seen.TryRemove(hash, out _);
    }
}
