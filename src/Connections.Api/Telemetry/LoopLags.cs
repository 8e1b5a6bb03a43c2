namespace Connections.Api.Telemetry;

/// <param name="Positions">The distance to the end of the log, in the log's own unit: events or bytes.</param>
/// <param name="Seconds">0 when the loop has processed everything.</param>
public sealed record LoopLag(string Loop, long Positions, double Seconds);

/// <summary>
/// Computes how far each loop is behind the log, in seconds. Each observation of the log's end is kept with its time: the delay of a loop
/// is the age of the first observation beyond its position. The value is too low by up to the time between two observations, and at most
/// one day.
/// </summary>
public sealed class LoopLags(TimeProvider clock)
{
    private const int MaxHeads = 5_760;

    private readonly Queue<(long At, long Head)> heads = new();

    public IReadOnlyList<LoopLag> Now { get; private set; } = [];

    public void Note(long head, IReadOnlyDictionary<string, long> positions)
    {
        heads.Enqueue((clock.GetTimestamp(), head));
        if (heads.Count > MaxHeads) heads.Dequeue();
        // Drop the positions that every loop has passed, except the last: the next observation is compared with it.
        var slowest = positions.Count == 0 ? head : positions.Values.Min();
        while (heads.Count > 1 && heads.Peek().Head <= slowest) heads.Dequeue();
        Now = [.. positions.Select(p => new LoopLag(p.Key, Math.Max(0, head - p.Value), Behind(p.Value)))];
    }

    public void Unknown() => Now = [];

    private double Behind(long position)
    {
        foreach (var (at, head) in heads)
            if (head > position) return clock.GetElapsedTime(at).TotalSeconds;
        return 0;
    }
}
