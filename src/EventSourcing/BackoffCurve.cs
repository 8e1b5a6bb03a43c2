namespace EventSourcing;

/// <summary>Delays that double with each failure in a row, up to a maximum.</summary>
public sealed record BackoffCurve(TimeSpan First, TimeSpan Max)
{
    /// <summary>1, 2, 4, 8, 16, 30, 30 … seconds: for work that waits for a store or for the broker.</summary>
    public static readonly BackoffCurve Default = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    /// <param name="failures">Failures in a row so far, from 1.</param>
    public TimeSpan After(int failures) =>
        TimeSpan.FromTicks((long)Math.Min(First.Ticks * Math.Pow(2, Math.Max(failures, 1) - 1), Max.Ticks));
}
