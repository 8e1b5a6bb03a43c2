namespace Connections.Connectors.Databases;

/// <summary>A signed-in session, or the failure.</summary>
internal sealed record OpenResult<TSession>(TSession? Session, ConnectorResult.Failed? Failure) where TSession : DatabaseSession;

internal static class SessionLife
{
    /// <summary>
    /// Idle time after which a session is closed. It is short because a server keeps open sessions alive after a password change: a
    /// long-lived session would hide that the credentials are no longer valid. <see cref="MaxAge"/> exists for the same reason.
    /// </summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan SteadyPause = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan CleanLimit = TimeSpan.FromSeconds(5);

    /// <summary>Under steady load, four times the pause between activities, so that the next activity can reuse the session.</summary>
    public static TimeSpan LingerAfter(TimeSpan pause) => pause < SteadyPause && pause * 4 > Linger ? pause * 4 : Linger;
}

/// <summary>One physical, signed-in connection, with one user at a time.</summary>
internal abstract class DatabaseSession : IAsyncDisposable
{
    /// <summary>True if the session was used before. The server may have closed it since.</summary>
    public bool Reused { get; set; }

    /// <summary>True if the session's state is unknown. The pool must not reuse it.</summary>
    public bool Spoilt { get; set; }

    public long OpenedAt { get; set; }

    public long IdleSince { get; set; }

    public bool Alive => !Spoilt && Open;

    protected abstract bool Open { get; }

    /// <summary>Resets the session to the state of a new one. Returns false if that fails.</summary>
    public async Task<bool> Clean(TimeProvider clock)
    {
        using var limit = new CancellationTokenSource(SessionLife.CleanLimit, clock);
        try
        {
            await Reset(limit.Token);
            return Alive;
        }
        catch (Exception e) when (e is System.Data.Common.DbException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return false;
        }
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task Reset(CancellationToken ct);
}
