using System.Collections.Concurrent;

namespace Hosts.Tests.Crashes;

/// <summary>
/// Ends a process after a number of crash points: before and after each call to a store, the bus or a provider.
/// </summary>
internal sealed class CrashCounter
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int left = int.MaxValue;

    public Task Ended => ended.Task;

    public bool Over => ended.Task.IsCompleted;

    /// <summary>The call at which the process ended.</summary>
    public string Last { get; private set; } = "";

    /// <summary>The open transactions. A store rolls them back when it loses the process.</summary>
    public ConcurrentDictionary<IAsyncDisposable, byte> Open { get; } = [];

    public void EndsAt(int crossing) => left = crossing;

    /// <summary>
    /// Completes, or never completes once the process has ended: then no code may run any more, not even an exception handler.
    /// </summary>
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
