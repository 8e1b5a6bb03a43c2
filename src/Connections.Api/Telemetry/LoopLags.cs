namespace Connections.Api.Telemetry;

/// <param name="Positions">Of the log, as it counts: events or bytes.</param>
/// <param name="Seconds">0 where it had done all there was.</param>
public sealed record LoopLag(string Loop, long Positions, double Seconds);

/// <summary>
/// How far behind the log loops are, in time: where the log's end was at each look, so long back a loop is that has not come there. Says
/// too little by up to the time between two looks, and no more than a day.
/// </summary>
public sealed class LoopLags(TimeProvider clock)
{
    private const int Most = 5_760;

    private readonly Queue<(long At, long Head)> heads = new();

    public IReadOnlyList<LoopLag> Now { get; private set; } = [];

    public void Note(long head, IReadOnlyDictionary<string, long> positions)
    {
        heads.Enqueue((clock.GetTimestamp(), head));
        if (heads.Count > Most) heads.Dequeue();
        // what every loop has passed is needed no more, save the last, which the next look is compared with
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
