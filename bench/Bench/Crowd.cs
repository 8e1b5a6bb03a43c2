using System.Diagnostics;

namespace Bench;

/// <summary>Concurrent callers, each with sequential calls: as fast as possible, or at a total rate.</summary>
internal static class Crowd
{
    /// <param name="work">One call. The argument is the number of the caller, from 0.</param>
    /// <param name="rate">Calls per second of all callers together; null for as fast as possible.</param>
    public static async Task<Measured> Measure(int callers, TimeSpan time, Func<int, Task> work, double? rate = null)
    {
        var step = rate is { } perSecond ? TimeSpan.FromSeconds(callers / perSecond) : TimeSpan.Zero;
        using var meter = new Meter();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var due = step * caller / callers; // spread the callers evenly
            while (meter.Elapsed < time)
            {
                if (step > TimeSpan.Zero && due - meter.Elapsed is { TotalMilliseconds: > 1 } wait) await Task.Delay(wait, TimeProvider.System);
                due += step;
                var since = Stopwatch.GetTimestamp();
                await work(caller);
                meter.Done(since);
            }
        })));
        return meter.Read();
    }
}
