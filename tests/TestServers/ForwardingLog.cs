using EventSourcing;

namespace TestServers;

/// <summary>A log that passes each call on to another one. A derived class changes or counts single calls.</summary>
public abstract class ForwardingLog(IEventLog inner) : IEventLog
{
    protected IEventLog Inner { get; } = inner;

    public virtual bool IsAway => Inner.IsAway;

    public virtual Task<StreamSlice> Read(string stream, CancellationToken ct) => Inner.Read(stream, ct);

    public virtual Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct) =>
        Inner.Append(stream, expected, events, ct);

    public virtual IAsyncEnumerable<LogBatch> Subscribe(IReadOnlyList<string> prefixes, long after, CancellationToken ct) =>
        Inner.Subscribe(prefixes, after, ct);

    public virtual Task<long> Head(CancellationToken ct) => Inner.Head(ct);

    public virtual Task Remove(string stream, CancellationToken ct) => Inner.Remove(stream, ct);

    public virtual Task KeepLast(string stream, int count, CancellationToken ct) => Inner.KeepLast(stream, count, ct);
}

/// <summary>A log that counts the reads of streams.</summary>
public sealed class CountingLog(IEventLog inner) : ForwardingLog(inner)
{
    public int Reads { get; set; }

    public override Task<StreamSlice> Read(string stream, CancellationToken ct)
    {
        Reads++;
        return base.Read(stream, ct);
    }
}
