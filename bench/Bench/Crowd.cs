using System.Diagnostics;

namespace Bench;

/// <summary>Callers who each do one thing after the other: as fast as they can, or so many a second together.</summary>
internal static class Crowd
{
    /// <param name="work">For the caller of this number, from 0.</param>
    /// <param name="rate">A second, of all callers; null for as fast as they can.</param>
    public static async Task<Measured> Measure(int callers, TimeSpan time, Func<int, Task> work, double? rate = null)
    {
        var step = rate is { } many ? TimeSpan.FromSeconds(callers / many) : TimeSpan.Zero;
        using var meter = new Meter();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var due = step * caller / callers; // one caller after the other
            while (meter.Elapsed < time)
            {
                if (step > TimeSpan.Zero && due - meter.Elapsed is { TotalMilliseconds: > 1 } early) await Task.Delay(early, TimeProvider.System);
                due += step;
                var since = Stopwatch.GetTimestamp();
                await work(caller);
                meter.Done(since);
            }
        })));
        return meter.Read();
    }
}
