using Connections.Connectors.Pipeline;

namespace Connections.Connectors.Databases;

/// <summary>A pool for each connection in use, of its newest credential version. One that nobody used for ten minutes is forgotten.</summary>
internal sealed class SessionPools<TSession>(IDatabaseDriver<TSession> driver, CredentialMemory signIns, TimeProvider clock) : IAsyncDisposable
    where TSession : DatabaseSession
{
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    private readonly Lock sync = new();
    private readonly Dictionary<(string, Guid), SessionPool<TSession>> pools = [];
    private ITimer? sweeper;

    public int Count
    {
        get
        {
            lock (sync) return pools.Count;
        }
    }

    /// <summary>The pool to rent from and to return to. A use with credentials since replaced gets one of its own, which is not kept.</summary>
    public SessionPool<TSession> For(ConnectionUse use, DatabaseSettings settings, int size)
    {
        var key = CredentialKey.From(use);
        var typed = use.Settings.GetRawText();
        SessionPool<TSession>? replaced = null;
        SessionPool<TSession> pool;
        lock (sync)
        {
            sweeper ??= clock.CreateTimer(_ => Sweep(), null, IdleLimit / 10, IdleLimit / 10);
            var place = (use.Workspace, use.Id);
            if (pools.TryGetValue(place, out var known) && known.Serves(key, typed))
            {
                known.Used = clock.GetTimestamp();
                return known;
            }

            pool = new SessionPool<TSession>(
                key, typed, size, ct => driver.Open(settings, use.Credentials, new ProbeSteps(clock), ct), signIns, clock);
            var newest = key.Kept && (known is null || known.Version <= key.Version);
            replaced = newest ? known : pool;
            if (newest) pools[place] = pool;
        }

        if (replaced is not null) _ = replaced.DisposeAsync().AsTask();
        return pool;
    }

    public async ValueTask DisposeAsync()
    {
        List<SessionPool<TSession>> all;
        lock (sync)
        {
            sweeper?.Dispose();
            all = [.. pools.Values];
            pools.Clear();
        }

        foreach (var pool in all) await pool.DisposeAsync();
    }

    private void Sweep()
    {
        lock (sync)
        {
            foreach (var (place, pool) in pools)
                if (clock.GetElapsedTime(pool.Used) >= IdleLimit && pool.Idle == 0) pools.Remove(place);
        }
    }
}
