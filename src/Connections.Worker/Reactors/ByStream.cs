using EventSourcing;

namespace Connections.Worker.Reactors;

/// <summary>
/// Processes events of different streams concurrently, and those of one stream in order. A broker confirms many concurrent messages as fast
/// as one.
/// </summary>
internal static class ByStream
{
    private const int MaxConcurrency = 64;

    public static async Task Each(IReadOnlyList<RecordedEvent> events, Func<RecordedEvent, CancellationToken, Task> work, CancellationToken ct)
    {
        var running = new List<Task>();
        foreach (var stream in events.GroupBy(e => e.Stream))
        {
            if (ct.IsCancellationRequested) break;
            var task = InOrder(stream, work, ct);
            if (!task.IsCompletedSuccessfully) running.Add(task); // most events need no message
            if (running.Count < MaxConcurrency) continue;
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
