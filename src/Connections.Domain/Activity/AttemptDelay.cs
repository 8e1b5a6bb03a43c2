namespace Connections.Domain.Activity;

/// <summary>
/// Delays between attempts at an unavailable provider: 1, 2, 5, 10, 30 s, then 1, 2 and 5 min, each up to a fifth longer.
/// </summary>
public static class AttemptDelay
{
    private static readonly int[] Seconds = [1, 2, 5, 10, 30, 60, 120, 300];

    /// <param name="tried">Attempts made so far, from 1.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static TimeSpan After(int tried, double jitter) =>
        TimeSpan.FromSeconds(Seconds[Math.Clamp(tried, 1, Seconds.Length) - 1] * (1 + (0.2 * jitter)));
}
