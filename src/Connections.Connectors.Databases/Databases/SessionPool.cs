using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Databases;

/// <summary>
/// The physical connections of one credential version. The pools of the database libraries keep dialling one address. This pool resolves
/// and checks the host for each new connection, and opens one at a time, so that rejected credentials are tried only once.
/// </summary>
internal sealed class SessionPool<TSession>(
    CredentialKey key, string settings, int size, Func<CancellationToken, Task<OpenResult<TSession>>> open, CredentialMemory memory, TimeProvider clock)
    : IAsyncDisposable where TSession : DatabaseSession
{
    private readonly SemaphoreSlim places = new(size);
    private readonly Stack<TSession> idle = [];
    private readonly Lock sync = new();
    private ITimer? trimTimer;
    private TimeSpan idleLimit = SessionLife.Linger;
    private long? returned;
    private bool closed;
    private int failures;
    private ConnectorResult.Failed? lastFailure;

    public long Used { get; set; } = clock.GetTimestamp();

    public int Idle
    {
        get
        {
            lock (sync) return idle.Count;
        }
    }

    public bool Serves(CredentialKey otherKey, string otherSettings) => otherKey == key && otherSettings == settings;

    public int Version => key.Version;

    /// <summary>Returns an idle session or a new one. Waits while the maximum number of sessions is in use.</summary>
    public async Task<OpenResult<TSession>> Rent(CancellationToken ct)
    {
        try
        {
            await places.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return TimedOut();
        }

        lock (sync) idleLimit = SessionLife.LingerAfter(returned is { } since ? clock.GetElapsedTime(since) : TimeSpan.MaxValue);
        var opening = Reusable() is { } session ? new OpenResult<TSession>(session, null) : await OpenNext(ct);
        if (opening.Session is null) places.Release();
        return opening;
    }

    /// <summary>Resets the session and returns it to the pool, or closes it.</summary>
    public async Task Return(TSession session)
    {
        var keep = session.Alive && clock.GetElapsedTime(session.OpenedAt) < SessionLife.MaxAge && await session.Clean();
        lock (sync)
        {
            keep &= !closed;
            Used = session.IdleSince = clock.GetTimestamp();
            returned = Used;
            session.Reused = true;
            if (keep)
            {
                idle.Push(session);
                trimTimer ??= clock.CreateTimer(_ => _ = TrimAgain(), null, idleLimit, Timeout.InfiniteTimeSpan);
            }
        }

        places.Release();
        if (!keep) await session.DisposeAsync();
    }

    /// <summary>Closes the sessions that have been idle for at least <paramref name="limit"/>.</summary>
    private async Task Trim(TimeSpan limit)
    {
        List<TSession> old;
        lock (sync)
        {
            old = [.. idle.Where(s => clock.GetElapsedTime(s.IdleSince) >= limit)];
            var young = idle.Except(old).Reverse().ToList();
            idle.Clear();
            foreach (var session in young) idle.Push(session);
        }

        foreach (var session in old) await session.DisposeAsync();
    }

    private async Task TrimAgain()
    {
        TimeSpan limit;
        lock (sync) limit = idleLimit;
        await Trim(limit);
        lock (sync)
        {
            if (idle.Count > 0)
            {
                trimTimer?.Change(idleLimit, Timeout.InfiniteTimeSpan);
                return;
            }

            trimTimer?.Dispose();
            trimTimer = null;
        }
    }

    /// <summary>Closes idle sessions now, and sessions in use when they are returned.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (sync) closed = true;
        await Trim(TimeSpan.Zero);
    }

    private TSession? Reusable()
    {
        lock (sync) return idle.TryPop(out var session) ? session : null;
    }

    private async Task<OpenResult<TSession>> OpenNext(CancellationToken ct)
    {
        var failuresBefore = Volatile.Read(ref failures);
        IDisposable turn;
        try
        {
            turn = await memory.Turn(key, ct);
        }
        catch (OperationCanceledException)
        {
            return TimedOut();
        }

        using (turn)
        {
            if (memory.Dead(key) is { } dead) return new OpenResult<TSession>(null, dead);
            // A caller that waited while another failed gets the same failure. Otherwise each would wait for its own timeout in turn.
            if (failures != failuresBefore && lastFailure is { } failed) return new OpenResult<TSession>(null, failed);
            if (Reusable() is { } session) return new OpenResult<TSession>(session, null);
            var opening = await open(ct);
            if (opening.Failure is { } failure) Remember(failure);
            else opening.Session!.OpenedAt = clock.GetTimestamp();
            return opening;
        }
    }

    private void Remember(ConnectorResult.Failed failure)
    {
        if (failure.Kind == FailureKind.ReauthRequired) memory.MarkDead(key, failure);
        if (failure.Kind == FailureKind.Timeout) return; // the caller's timeout, not a fault of the host
        lastFailure = failure;
        Interlocked.Increment(ref failures);
    }

    private static OpenResult<TSession> TimedOut() => new(null, new ConnectorResult.Failed(
        FailureKind.Timeout, "The timeout passed while waiting for a free database connection.", Delivered.No));
}
