using EventSourcing;

namespace Connections.Worker.Reactors;

/// <summary>Streams at the same time, since a broker confirms many messages as fast as one; the events of each in their order.</summary>
internal static class ByStream
{
    private const int AtOnce = 64;

    public static async Task Each(IReadOnlyList<RecordedEvent> events, Func<RecordedEvent, CancellationToken, Task> work, CancellationToken ct)
    {
        var running = new List<Task>();
        foreach (var stream in events.GroupBy(e => e.Stream))
        {
            if (ct.IsCancellationRequested) break;
            var one = InOrder(stream, work, ct);
            if (!one.IsCompletedSuccessfully) running.Add(one); // most events have nothing to be told
            if (running.Count < AtOnce) continue;
            await Task.WhenAll(running);
            running.Clear();
        }

        await Task.WhenAll(running);
        ct.ThrowIfCancellationRequested();
    }

    private static async Task InOrder(IEnumerable<RecordedEvent> stream, Func<RecordedEvent, CancellationToken, Task> work, CancellationToken ct)
    {
        foreach (var recorded in stream) await work(recorded, ct);
    }
}
