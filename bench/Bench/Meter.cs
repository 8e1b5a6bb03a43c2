using System.Diagnostics;

namespace Bench;

/// <summary>Wall time and the CPU of this process over a stretch of work.</summary>
internal sealed class Meter
{
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly TimeSpan cpuAtStart = Cpu();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(started);

    public Measured Of(int operations)
    {
        var elapsed = Elapsed;
        return new Measured(
            Math.Round(operations / elapsed.TotalSeconds),
            Math.Round((Cpu() - cpuAtStart).TotalMicroseconds / Math.Max(1, operations), 1));
    }

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}

internal sealed record Measured(double Rate, double CpuMicroseconds);
