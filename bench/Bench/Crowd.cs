using System.Diagnostics;

namespace Bench;

/// <summary>Callers who each do one thing after the other.</summary>
internal static class Crowd
{
    /// <param name="work">For the caller of this number, from 0.</param>
    public static async Task<Measured> Measure(int callers, TimeSpan time, Func<int, Task> work)
    {
        using var meter = new Meter();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            while (meter.Elapsed < time)
            {
                var since = Stopwatch.GetTimestamp();
                await work(caller);
                meter.Done(since);
            }
        })));
        return meter.Read();
    }
}
