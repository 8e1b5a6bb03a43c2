namespace EventSourcing.Sql.Loops;

public enum LoopState
{
    Starting,
    WaitingForLease,
    Running,

    /// <summary>Stopped before an event that failed; the loop tries again.</summary>
    Failing,
    Stopped
}

/// <param name="Position">Everything up to here was handled.</param>
/// <param name="CaughtUp">The log had no further events at the last read.</param>
/// <param name="Error">The current fault; contains no event data.</param>
/// <param name="Since">The time at which the loop entered this state.</param>
public sealed record LoopStatus(string Name, LoopState State, long Position, bool CaughtUp, string? Error, DateTimeOffset Since)
{
    public long Lag(long head) => Math.Max(0, head - Position);
}
