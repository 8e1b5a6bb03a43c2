using EventSourcing;

namespace Operations.Tests;

/// <summary>A log that runs an action once, just before a given append.</summary>
internal sealed class InterruptedLog(IEventLog inner) : IEventLog
{
    private Func<Task>? action;
    private Func<string, string, bool> matches = (_, _) => false;

    /// <summary>Runs the action before an event with this stored name is appended to a stream with this prefix.</summary>
    public void Before(string stream, string type, Func<Task> work) =>
        (matches, action) = ((s, t) => s.StartsWith(stream, StringComparison.Ordinal) && t == type, work);

    public bool Interrupted => action is null;

    public async Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        if (action is { } work && matches(stream, events[0].Type))
        {
            action = null;
            await work();
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
