using System.Collections.Concurrent;
using System.Diagnostics;

namespace Bench;

/// <summary>Measures wall time, latencies, and the CPU time of a process; by default of this process.</summary>
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

    /// <summary>Records an operation that started at the timestamp and ends now.</summary>
    public void Done(long since) => latencies.Enqueue(Stopwatch.GetElapsedTime(since).TotalMilliseconds);

    /// <param name="operations">The number of operations; null for the number recorded.</param>
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

/// <param name="Rate">Operations per second.</param>
/// <param name="CpuMicroseconds">CPU time per operation of the measured process.</param>
internal sealed record Measured(double Rate, double P50Milliseconds, double P99Milliseconds, double CpuMicroseconds, long RssMegabytes);
