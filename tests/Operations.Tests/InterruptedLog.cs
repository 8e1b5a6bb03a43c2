using EventSourcing;

namespace Operations.Tests;

/// <summary>A log that lets others go first: just before an append, once.</summary>
internal sealed class InterruptedLog(IEventLog inner) : IEventLog
{
    private Func<Task>? meanwhile;
    private Func<string, string, bool> moment = (_, _) => false;

    /// <summary>Before an event of this stored name is appended to a stream that begins so.</summary>
    public void Before(string stream, string type, Func<Task> others) =>
        (moment, meanwhile) = ((s, t) => s.StartsWith(stream, StringComparison.Ordinal) && t == type, others);

    public bool Interrupted => meanwhile is null;

    public async Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        if (meanwhile is { } others && moment(stream, events[0].Type))
        {
            meanwhile = null;
            await others();
        }

        return await inner.Append(stream, expected, events, ct);
    }

    public Task<StreamSlice> Read(string stream, CancellationToken ct) => inner.Read(stream, ct);

    public IAsyncEnumerable<LogBatch> Subscribe(IReadOnlyList<string> prefixes, long after, CancellationToken ct) =>
        inner.Subscribe(prefixes, after, ct);

    public Task<long> Head(CancellationToken ct) => inner.Head(ct);

    public Task Remove(string stream, CancellationToken ct) => inner.Remove(stream, ct);

    public Task KeepLast(string stream, int count, CancellationToken ct) => inner.KeepLast(stream, count, ct);
}
