namespace Connections.Web.Changes;

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

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly LinkedList<(long At, long Head)> heads = new();

    public IReadOnlyList<LoopLag> Now { get; private set; } = [];

    public void Note(long head, IReadOnlyDictionary<string, long> positions)
    {
        lock (gate)
        {
            Add(head);
            // Drop the positions that every loop has passed, except the last: the next observation is compared with it.
            var slowest = positions.Count == 0 ? head : positions.Values.Min();
            while (heads.Count > 1 && heads.First!.Value.Head <= slowest) heads.RemoveFirst();
            Now = [.. positions.Select(p => new LoopLag(p.Key, Math.Max(0, head - p.Value), Seconds(p.Value)))];
        }
    }

    /// <summary>How long a reader at the position has been behind the log, whose end is at <paramref name="head"/> now.</summary>
    public TimeSpan Behind(long position, long head)
    {
        lock (gate)
        {
            if (head <= position) return TimeSpan.Zero;
            if (heads.Last is not { } last || clock.GetElapsedTime(last.Value.At) >= Between) Add(head);
            return TimeSpan.FromSeconds(Seconds(position));
        }
    }

    public void Unknown() => Now = [];

    private void Add(long head)
    {
        heads.AddLast((clock.GetTimestamp(), head));
        if (heads.Count > MaxHeads) heads.RemoveFirst();
    }

    private double Seconds(long position)
    {
        foreach (var (at, head) in heads)
            if (head > position) return clock.GetElapsedTime(at).TotalSeconds;
        return 0;
    }
}
