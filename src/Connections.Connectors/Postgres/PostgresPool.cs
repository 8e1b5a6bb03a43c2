using Connections.Domain;

namespace Connections.Connectors.Postgres;

/// <summary>
/// The physical connections of one credential version. The driver's own pool dials one address for ever; here each new connection is resolved
/// and checked anew, and opened one at a time, so that credentials that have gone bad are tried once.
/// </summary>
internal sealed class PostgresPool(
    CredentialKey key, string settings, int size, Func<CancellationToken, Task<Opening>> open, SignIns signIns, TimeProvider clock)
    : IAsyncDisposable
{
    /// <summary>
    /// Between activities that follow one another a session stays open; longer it does not, and it never grows old: a server lets open sessions go
    /// on after a password was changed, and nobody would learn of it.
    /// </summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);

    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan CleanLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim places = new(size);
    private readonly Stack<PostgresSession> idle = [];
    private readonly Lock sync = new();
    private ITimer? trimming;
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
    public async Task<Opening> Rent(CancellationToken ct)
    {
        try
        {
            await places.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return TooLate();
        }

        var opening = Reusable() is { } session ? new Opening(session, null) : await OpenInTurn(ct);
        if (opening.Session is null) places.Release();
        return opening;
    }

    /// <summary>Gives it back clean, or not at all.</summary>
    public async Task Return(PostgresSession session)
    {
        var keep = session.Alive && clock.GetElapsedTime(session.OpenedAt) < MaxAge && await Clean(session);
        lock (sync)
        {
            keep &= !closed;
            Used = session.IdleSince = clock.GetTimestamp();
            session.Reused = true;
            if (keep)
            {
                idle.Push(session);
                trimming ??= clock.CreateTimer(_ => _ = TrimAgain(), null, Linger, Timeout.InfiniteTimeSpan);
            }
        }

        places.Release();
        if (!keep) await session.DisposeAsync();
    }

    /// <summary>Closes what has been idle for so long.</summary>
    private async Task Trim(TimeSpan limit)
    {
        List<PostgresSession> old;
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
        await Trim(Linger);
        lock (sync)
        {
            if (idle.Count > 0)
            {
                trimming?.Change(Linger, Timeout.InfiniteTimeSpan);
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

    private PostgresSession? Reusable()
    {
        lock (sync) return idle.TryPop(out var session) ? session : null;
    }

    private async Task<Opening> OpenInTurn(CancellationToken ct)
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
            if (signIns.Dead(key) is { } dead) return new Opening(null, dead);
            // who waited while another failed has its answer; else a silent host would cost each of them its time-out in turn
            if (failures != seen && lastFailure is { } failed) return new Opening(null, failed);
            if (Reusable() is { } session) return new Opening(session, null);
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

    private async Task<bool> Clean(PostgresSession session)
    {
        using var limit = new CancellationTokenSource(CleanLimit, clock);
        try
        {
            await session.Execute("ROLLBACK", limit.Token);
            await session.Execute("DISCARD ALL", limit.Token);
            return session.Alive;
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return false;
        }
    }

    private static Opening TooLate() => new(null, new ConnectorResult.Failed(
        FailureKind.Timeout, "The time was over while waiting for a free connection.", Delivered.No));
}
