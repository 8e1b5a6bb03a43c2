namespace EventSourcing.EventStoreDb;

/// <summary>The highest position that this process has seen. Every later append has a higher position.</summary>
internal sealed class SeenPosition
{
    private long highest;

    public long Highest => Volatile.Read(ref highest);

    public void Add(long position)
    {
        for (var current = Highest; position > current;)
        {
            var previous = Interlocked.CompareExchange(ref highest, position, current);
            if (previous == current) return;
            current = previous;
        }
    }
}
