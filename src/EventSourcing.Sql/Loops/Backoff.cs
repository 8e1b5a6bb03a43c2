namespace EventSourcing.Sql.Loops;

/// <summary>1, 2, 4, 8, 16, 30, 30 … seconds between tries, until one succeeds.</summary>
public sealed class Backoff(TimeProvider clock)
{
    private const int Most = 30;

    private int seconds = 1;

    public void Reset() => seconds = 1;

    public async Task Wait(CancellationToken ct)
    {
        var wait = TimeSpan.FromSeconds(seconds);
        seconds = Math.Min(seconds * 2, Most);
        await Task.Delay(wait, clock, ct);
    }
}
