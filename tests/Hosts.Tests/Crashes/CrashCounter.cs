using System.Collections.Concurrent;

namespace Hosts.Tests.Crashes;

/// <summary>
/// How long a process lives, counted in crossings to what lies outside of it: before and after each call to a store, the bus or a provider.
/// </summary>
internal sealed class CrashCounter
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int left = int.MaxValue;

    public Task Ended => ended.Task;

    public bool Over => ended.Task.IsCompleted;

    /// <summary>What it was at when it ended.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Transactions that were begun and not ended: a store rolls them back when it loses the process.</summary>
    public ConcurrentDictionary<IAsyncDisposable, byte> Open { get; } = [];

    public void EndsAt(int crossing) => left = crossing;

    /// <summary>Completes; or never, since of a process that has ended nothing runs any further, no handler of exceptions either.</summary>
    public Task Cross(string where)
    {
        if (!Over && Interlocked.Decrement(ref left) > 0) return Task.CompletedTask;
        if (!Over) Last = where;
        ended.TrySetResult();
        return new TaskCompletionSource().Task;
    }

    public async Task<T> Around<T>(string call, Func<Task<T>> work)
    {
        await Cross($"before {call}");
        var result = await work();
        await Cross($"after {call}");
        return result;
    }

    public Task Around(string call, Func<Task> work) => Around(call, async () =>
    {
        await work();
        return true;
    });
}
