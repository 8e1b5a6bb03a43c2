using System.Collections.Concurrent;
using System.Diagnostics;

namespace Bench;

/// <summary>Wall time, latencies, and the CPU that a process spent over a stretch of work; of this process unless another is named.</summary>
internal sealed class Meter : IDisposable
{
    private readonly Process process;
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly TimeSpan cpuAtStart;
    private readonly ConcurrentQueue<double> latencies = new();

    public Meter(Process? process = null)
    {
        this.process = process ?? Process.GetCurrentProcess();
        cpuAtStart = Cpu();
    }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(started);

    /// <summary>One operation, begun at this timestamp, is done.</summary>
    public void Done(long since) => latencies.Enqueue(Stopwatch.GetElapsedTime(since).TotalMilliseconds);

    /// <summary>Of the operations that were told, or of so many that were not.</summary>
    public Measured Read(int? operations = null)
    {
        var (elapsed, cpu) = (Elapsed, Cpu() - cpuAtStart);
        var sorted = latencies.Order().ToArray();
        var count = Math.Max(1, operations ?? sorted.Length);
        return new Measured(
            Math.Round(count / elapsed.TotalSeconds),
            At(sorted, 0.5),
            At(sorted, 0.99),
            Math.Round(cpu.TotalMicroseconds / count, 1),
            process.WorkingSet64 >> 20);
    }

    public void Dispose() => process.Dispose();

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : Math.Round(sorted[(int)((sorted.Length - 1) * share)], 3);

    private TimeSpan Cpu()
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }
}

/// <param name="Rate">Operations a second.</param>
/// <param name="CpuMicroseconds">For one operation, of the process measured.</param>
internal sealed record Measured(double Rate, double P50Milliseconds, double P99Milliseconds, double CpuMicroseconds, long RssMegabytes);
