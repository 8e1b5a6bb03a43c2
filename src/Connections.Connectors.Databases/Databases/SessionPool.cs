using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Databases;

/// <summary>
/// The physical connections of one credential version. Drivers' own pools dial one address for ever; here each new connection is resolved and
/// checked anew, and opened one at a time, so that credentials that have gone bad are tried once.
/// </summary>
internal sealed class SessionPool<TSession>(
    CredentialKey key, string settings, int size, Func<CancellationToken, Task<OpenResult<TSession>>> open, CredentialMemory signIns, TimeProvider clock)
    : IAsyncDisposable where TSession : DatabaseSession
{
    private readonly SemaphoreSlim places = new(size);
    private readonly Stack<TSession> idle = [];
    private readonly Lock sync = new();
    private ITimer? trimming;
    private TimeSpan linger = SessionLife.Linger;
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

    public bool Serves(CredentialKey wanted, string wantedSettings) => wanted == key && wantedSettings == settings;

    public int Version => key.Version;

    /// <summary>An idle connection, or a new one; waits its turn while as many are in use as the connection may have.</summary>
    public async Task<OpenResult<TSession>> Rent(CancellationToken ct)
    {
        try
        {
            await places.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return TooLate();
        }

        lock (sync) linger = SessionLife.LingerAfter(returned is { } since ? clock.GetElapsedTime(since) : TimeSpan.MaxValue);
        var opening = Reusable() is { } session ? new OpenResult<TSession>(session, null) : await OpenInTurn(ct);
        if (opening.Session is null) places.Release();
        return opening;
    }

    /// <summary>Gives it back clean, or not at all.</summary>
    public async Task Return(TSession session)
    {
        var keep = session.Alive && clock.GetElapsedTime(session.OpenedAt) < SessionLife.MaxAge && await session.Clean(clock);
        lock (sync)
        {
            keep &= !closed;
            Used = session.IdleSince = clock.GetTimestamp();
            returned = Used;
            session.Reused = true;
            if (keep)
            {
                idle.Push(session);
                trimming ??= clock.CreateTimer(_ => _ = TrimAgain(), null, linger, Timeout.InfiniteTimeSpan);
            }
        }

        places.Release();
        if (!keep) await session.DisposeAsync();
    }

    /// <summary>Closes what has been idle for so long.</summary>
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
        lock (sync) limit = linger;
        await Trim(limit);
        lock (sync)
        {
            if (idle.Count > 0)
            {
                trimming?.Change(linger, Timeout.InfiniteTimeSpan);
                return;
            }

            trimming?.Dispose();
            trimming = null;
        }
    }

    /// <summary>Closes what is idle now, and what is in use when it comes back.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (sync) closed = true;
        await Trim(TimeSpan.Zero);
    }

    private TSession? Reusable()
    {
        lock (sync) return idle.TryPop(out var session) ? session : null;
    }

    private async Task<OpenResult<TSession>> OpenInTurn(CancellationToken ct)
    {
        var seen = Volatile.Read(ref failures);
        IDisposable turn;
        try
        {
            turn = await signIns.Turn(key, ct);
        }
        catch (OperationCanceledException)
        {
            return TooLate();
        }

        using (turn)
        {
            if (signIns.Dead(key) is { } dead) return new OpenResult<TSession>(null, dead);
            // who waited while another failed has its answer; else a silent host would cost each of them its time-out in turn
            if (failures != seen && lastFailure is { } failed) return new OpenResult<TSession>(null, failed);
            if (Reusable() is { } session) return new OpenResult<TSession>(session, null);
            var opening = await open(ct);
            if (opening.Failure is { } failure) Remember(failure);
            else opening.Session!.OpenedAt = clock.GetTimestamp();
            return opening;
        }
    }

    private void Remember(ConnectorResult.Failed failure)
    {
        if (failure.Kind == FailureKind.ReauthRequired) signIns.MarkDead(key, failure);
        if (failure.Kind == FailureKind.Timeout) return; // one caller's time, not the host's fault
        lastFailure = failure;
        Interlocked.Increment(ref failures);
    }

    private static OpenResult<TSession> TooLate() => new(null, new ConnectorResult.Failed(
        FailureKind.Timeout, "The time was over while waiting for a free connection.", Delivered.No));
}
