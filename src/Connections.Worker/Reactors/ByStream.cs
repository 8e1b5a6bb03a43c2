using EventSourcing;

namespace Connections.Worker;

/// <summary>Streams at the same time, since a broker confirms many messages as fast as one; the events of each in their order.</summary>
internal static class ByStream
{
    private const int AtOnce = 64;

    public static Task Each(IReadOnlyList<RecordedEvent> events, Func<RecordedEvent, CancellationToken, Task> work, CancellationToken ct) =>
        Parallel.ForEachAsync(
            events.GroupBy(e => e.Stream),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (stream, cancelled) =>
            {
                foreach (var recorded in stream) await work(recorded, cancelled);
            });
}
