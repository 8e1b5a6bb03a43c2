namespace Connections.Connectors.Ocr;

/// <summary>
/// Measures the steps of a long job, so that an attempt ends before its timeout cuts a step off. Such a step may have cost money.
/// </summary>
internal sealed class AttemptTime(TimeSpan? timeout, TimeProvider clock)
{
    // The rest is for keeping what was read, or for storing the whole result.
    private const double Share = 0.7;

    private readonly long began = clock.GetTimestamp();
    private TimeSpan before;
    private TimeSpan slowest;

    /// <summary>Whether another step can end in time. Ask before each step but the first.</summary>
    public bool HasRoom()
    {
        var elapsed = clock.GetElapsedTime(began);
        if (elapsed - before > slowest) slowest = elapsed - before;
        before = elapsed;
        return timeout is not { } limit || elapsed + slowest * 1.25 < limit * Share;
    }
}
