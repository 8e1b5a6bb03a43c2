namespace EventSourcing;

/// <summary>Wakes all waiters. Take <see cref="Next"/> before checking the condition, so that no signal is missed.</summary>
internal sealed class Signal
{
    private TaskCompletionSource next = New();

    public Task Next => Volatile.Read(ref next).Task;

    public void Set() => Interlocked.Exchange(ref next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
