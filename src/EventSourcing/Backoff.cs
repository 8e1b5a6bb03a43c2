namespace EventSourcing;

/// <summary>Waits between attempts, longer after each failure, until one succeeds.</summary>
public sealed class Backoff(BackoffCurve curve, TimeProvider clock)
{
    private int failures;

    /// <summary>The length of the next wait.</summary>
    public TimeSpan Next => curve.After(failures + 1);

    public void Reset() => failures = 0;

    public Task Wait(CancellationToken ct)
    {
        var wait = Next;
        failures++;
        return Task.Delay(wait, clock, ct);
    }
}
