using System.Diagnostics;

namespace Connectors.Tests.Rogue;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RogueServers
{
    public const string Name = "Rogue servers: memory and processor are measured, so nothing else runs";
}

/// <summary>Measures what calls cost this process.</summary>
internal static class Measured
{
    private const long MemoryLimit = 64 * 1024 * 1024;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs ten calls at once. They end in time, need little memory, and use no processor afterwards.</summary>
    public static async Task<T[]> TenAtOnce<T>(Func<int, Task<T>> call, TimeSpan limit)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var (before, started) = (Environment.WorkingSet, Stopwatch.GetTimestamp());
        var peak = before;
        using var ended = new CancellationTokenSource();
        var watching = Watch();
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => call(i))));
        var elapsed = Stopwatch.GetElapsedTime(started);
        await ended.CancelAsync();
        await watching;
        Assert.True(elapsed < limit + TimeSpan.FromSeconds(5), $"The calls took {elapsed.TotalSeconds:0.0} s, with a limit of {limit.TotalSeconds} s.");
        Assert.True(peak - before < MemoryLimit, $"The calls took {(peak - before) / 1024 / 1024} MB.");
        await Eventually.Holds(IsIdle, "the process is idle after the calls");
        return results;

        async Task Watch()
        {
            while (!ended.IsCancellationRequested)
            {
                peak = Math.Max(peak, Environment.WorkingSet);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    /// <summary>Runs a call, which needs little memory whatever it moves.</summary>
    public static async Task LittleMemory(Func<Task> call, long limit = MemoryLimit)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var before = Environment.WorkingSet;
        var (running, peak) = (Task.Run(call), before);
        while (!running.IsCompleted)
        {
            peak = Math.Max(peak, Environment.WorkingSet);
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        await running;
        Assert.True(peak - before < limit, $"The call took {(peak - before) / 1024 / 1024} MB.");
    }

    private static async Task<bool> IsIdle()
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await Task.Delay(Poll, TimeProvider.System);
        process.Refresh();
        return process.TotalProcessorTime - before < Poll / 4;
    }
}
