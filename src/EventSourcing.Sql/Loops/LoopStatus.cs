namespace EventSourcing.Sql.Loops;

public enum LoopState
{
    Starting,
    WaitingForLease,
    Running,

    /// <summary>Stands before something it cannot do; it tries again.</summary>
    Failing,
    Stopped
}

/// <param name="Position">Everything up to here is done.</param>
/// <param name="CaughtUp">Nothing more was in the log when it last looked.</param>
/// <param name="Error">What it stands before; no data of an event.</param>
/// <param name="Since">Since when it is in this state.</param>
public sealed record LoopStatus(string Name, LoopState State, long Position, bool CaughtUp, string? Error, DateTimeOffset Since)
{
    public long Lag(long head) => Math.Max(0, head - Position);
}
