namespace EventSourcing.Sql.Loops;

/// <summary>Delays of 1, 2, 4, 8, 16, 30, 30 … seconds between attempts, until one succeeds.</summary>
public sealed class Backoff(TimeProvider clock)
{
    private const int MaxSeconds = 30;

    private int seconds = 1;

    public void Reset() => seconds = 1;

    public async Task Wait(CancellationToken ct)
    {
        var wait = TimeSpan.FromSeconds(seconds);
        seconds = Math.Min(seconds * 2, MaxSeconds);
        await Task.Delay(wait, clock, ct);
    }
}
