using Connections.Connectors.Relays;

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

    public static readonly TimeSpan CleanLimit = TimeSpan.FromSeconds(3);

    /// <summary>How long a driver may take to cancel a statement, or to say goodbye to the server. Then the connection is closed.</summary>
    public static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    /// <summary>Under steady load, four times the pause between activities, so that the next activity can reuse the session.</summary>
    public static TimeSpan LingerAfter(TimeSpan pause) => pause < SteadyPause && pause * 4 > Linger ? pause * 4 : Linger;
}

/// <summary>One physical, signed-in connection, with one user at a time.</summary>
internal abstract class DatabaseSession(Relay relay, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>True if the session was used before. The server may have closed it since.</summary>
    public bool Reused { get; set; }

    /// <summary>True if the session's state is unknown. The pool must not reuse it.</summary>
    public bool Spoilt { get; set; }

    public long OpenedAt { get; set; }

    public long IdleSince { get; set; }

    public bool Alive => !Spoilt && Open;

    protected abstract bool Open { get; }

    /// <summary>The limit that the server exceeded, after which the connection was closed; null if it exceeded none.</summary>
    public string? Problem => relay.Problem;

    /// <summary>Closes the connection even if the server is still sending.</summary>
    public void Cut() => relay.Cut();

    /// <summary>The limit for one call on this session.</summary>
    public CallLimit Limit(CancellationToken ct) => new(relay, SessionLife.FarewellLimit, clock, ct);

    /// <summary>Resets the session to the state of a new one. Returns false if that fails.</summary>
    public async Task<bool> Clean()
    {
        using var limit = new CancellationTokenSource(SessionLife.CleanLimit, clock);
        using var call = new CallLimit(relay, TimeSpan.Zero, clock, limit.Token);
        try
        {
            await Reset(call.Token);
            return Alive;
        }
        catch (Exception e) when (e is System.Data.Common.DbException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Spoilt) relay.Cut();
        await using var last = relay;
        using (clock.CreateTimer(_ => relay.Cut(), null, SessionLife.FarewellLimit, Timeout.InfiniteTimeSpan)) await Close();
    }

    protected abstract Task Close();

    protected abstract Task Reset(CancellationToken ct);
}
