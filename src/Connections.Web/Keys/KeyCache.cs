using Connections.Hosting.Keys;
using EventSourcing;

namespace Connections.Web.Keys;

/// <summary>Caches API keys for 10 s. Other processes therefore accept a deleted key for up to 10 s.</summary>
public sealed class KeyCache(ApiKeys keys, TimeProvider clock)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ExpiringMap<string, KeyPrincipal> entries = new(clock, TimeSpan.FromSeconds(10), capacity: 10_000);

    /// <summary>Returns the key with this hash; null when there is none, or it has expired.</summary>
    public async ValueTask<KeyPrincipal?> Find(string hash, CancellationToken ct)
    {
        if (hash.Length == 0) return null;
        if (!entries.TryGetValue(hash, out var caller))
        {
            if (await keys.Find(hash, ct) is not { } found) return null;
            entries.Set(hash, caller = new KeyPrincipal(found));
            // A precision of one minute is enough, and saves a write per request.
            if (found.LastUsedAt is not { } last || clock.GetUtcNow() - last > Minute) await keys.Used(found.Id, ct);
        }

        return caller.Key.ExpiresAt <= clock.GetUtcNow() ? null : caller;
    }

    public void Forget(Guid id) => entries.RemoveWhere(caller => caller.Key.Id == id);
}
