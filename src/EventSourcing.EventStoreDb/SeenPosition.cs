namespace EventSourcing.EventStoreDb;

/// <summary>The highest position that this process has heard of: what is appended from now on lies behind it.</summary>
internal sealed class SeenPosition
{
    private long highest;

    public long Highest => Volatile.Read(ref highest);

    public void Add(long position)
    {
        for (var known = Highest; position > known;)
        {
            var was = Interlocked.CompareExchange(ref highest, position, known);
            if (was == known) return;
            known = was;
        }
    }
}
