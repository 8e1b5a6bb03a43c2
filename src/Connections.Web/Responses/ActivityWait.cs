namespace Connections.Web.Responses;

/// <summary>One caller that waits for the end of an activity.</summary>
public sealed class ActivityWait : IDisposable
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<ActivityWait> remove;

    internal ActivityWait(string stream, Action<ActivityWait> remove)
    {
        Stream = stream;
        this.remove = remove;
    }

    /// <summary>
    /// Completes when the activity has ended, or when the log subscription failed and the caller has to read the stream again.
    /// </summary>
    public Task Ended => ended.Task;

    internal string Stream { get; }

    public void Dispose() => remove(this);

    internal void Complete() => ended.TrySetResult();
}
