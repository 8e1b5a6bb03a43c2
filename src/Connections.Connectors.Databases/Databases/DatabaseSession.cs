namespace Connections.Connectors.Databases;

/// <summary>A connection that is signed in, or why there is none.</summary>
internal sealed record OpenResult<TSession>(TSession? Session, ConnectorResult.Failed? Failure) where TSession : DatabaseSession;

internal static class SessionLife
{
    /// <summary>
    /// Between activities that follow one another a session stays open; longer it does not, and it never grows old: a server lets open sessions go
    /// on after a password was changed, and nobody would learn of it.
    /// </summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Steady = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan CleanLimit = TimeSpan.FromSeconds(5);

    /// <summary>Under steady work four times as long as its pauses, so that the next activity still finds the session.</summary>
    public static TimeSpan LingerAfter(TimeSpan pause) => pause < Steady && pause * 4 > Linger ? pause * 4 : Linger;
}

/// <summary>One physical connection, signed in. Whoever holds it uses it alone.</summary>
internal abstract class DatabaseSession : IAsyncDisposable
{
    /// <summary>Used before: it may have died since, unnoticed.</summary>
    public bool Reused { get; set; }

    /// <summary>Not to be used again: its state is not known.</summary>
    public bool Spoilt { get; set; }

    public long OpenedAt { get; set; }

    public long IdleSince { get; set; }

    public bool Alive => !Spoilt && Open;

    protected abstract bool Open { get; }

    /// <summary>As if just opened, or false.</summary>
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
