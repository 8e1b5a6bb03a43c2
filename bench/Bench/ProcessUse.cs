using System.Diagnostics;
using System.Globalization;

namespace Bench;

/// <summary>Time and memory that this process needed for some work.</summary>
/// <param name="GrowthKibibytes">The peak of the resident memory above that at the start.</param>
internal sealed record ProcessUse(TimeSpan Elapsed, TimeSpan Cpu, long GrowthKibibytes)
{
    public static async Task<ProcessUse> Measure(Func<Task> work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (before, started, cpu) = (Resident("VmRSS"), Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5"); // starts the peak anew
        await work();
        return new ProcessUse(Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - cpu, Resident("VmHWM") - before);
    }

    private static long Resident(string name) => long.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal))
            .Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(),
        CultureInfo.InvariantCulture);
}
