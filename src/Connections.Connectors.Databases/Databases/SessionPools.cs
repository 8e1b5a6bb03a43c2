using Connections.Connectors.Pipeline;

namespace Connections.Connectors.Databases;

/// <summary>One pool per connection in use, for its newest credential version. A pool is removed after ten minutes without use.</summary>
internal sealed class SessionPools<TSession>(IDatabaseDriver<TSession> driver, CredentialMemory memory, TimeProvider clock) : IAsyncDisposable
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

    /// <summary>The pool for a call. A call with an outdated credential version gets a temporary pool.</summary>
    public SessionPool<TSession> For(ConnectionUse use, DatabaseSettings settings, int size)
    {
        var key = CredentialKey.From(use);
        var typed = use.Settings.GetRawText();
        SessionPool<TSession>? replaced = null;
        SessionPool<TSession> pool;
        lock (sync)
        {
            sweeper ??= clock.CreateTimer(_ => Sweep(), null, IdleLimit / 10, IdleLimit / 10);
            var connection = (use.Workspace, use.Id);
            if (pools.TryGetValue(connection, out var existing) && existing.Serves(key, typed))
            {
                existing.Used = clock.GetTimestamp();
                return existing;
            }

            pool = new SessionPool<TSession>(
                key, typed, size, ct => driver.Open(settings, use.Credentials, new ProbeSteps(clock), ct), memory, clock);
            var newest = key.IsStored && (existing is null || existing.Version <= key.Version);
            replaced = newest ? existing : pool;
            if (newest) pools[connection] = pool;
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
            foreach (var (connection, pool) in pools)
                if (clock.GetElapsedTime(pool.Used) >= IdleLimit && pool.Idle == 0) pools.Remove(connection);
        }
    }
}
