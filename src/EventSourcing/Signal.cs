namespace EventSourcing;

/// <summary>Wakes everybody who waits. Take <see cref="Next"/> before looking at what it announces: then nothing is missed.</summary>
internal sealed class Signal
{
    private TaskCompletionSource next = New();

    public Task Next => Volatile.Read(ref next).Task;

    public void Set() => Interlocked.Exchange(ref next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
