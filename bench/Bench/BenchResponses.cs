using System.Collections.Concurrent;

namespace Bench;

/// <summary>Callers that wait for a message by id.</summary>
internal sealed class BenchResponses
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> expected = new();

    public Task Expect(Guid id)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        expected[id] = source;
        return source.Task;
    }

    public void Complete(Guid id)
    {
        if (expected.TryRemove(id, out var source)) source.SetResult();
    }
}
