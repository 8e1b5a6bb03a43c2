namespace Connections.Connectors.Ocr;

/// <summary>
/// Measures the steps of a long job, so that an attempt ends before its timeout cuts a step off. Such a step may have cost money.
/// </summary>
internal sealed class AttemptTime(TimeSpan? timeout, TimeProvider clock)
{
    private readonly long began = clock.GetTimestamp();
    private TimeSpan slowest;

    /// <summary>Whether another step can end in time.</summary>
    public bool HasRoom => timeout is not { } limit || clock.GetElapsedTime(began) + slowest * 1.25 < limit;

    public async Task<T> Measure<T>(Func<Task<T>> step)
    {
        var from = clock.GetTimestamp();
        var result = await step();
        if (clock.GetElapsedTime(from) is var taken && taken > slowest) slowest = taken;
        return result;
    }
}
