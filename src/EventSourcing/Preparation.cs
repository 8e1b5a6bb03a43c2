namespace EventSourcing;

/// <summary>
/// What has to be done elsewhere, in other streams or stores, before a command is decided on. The preparation sees the stream as it was read; the
/// events are appended at that very revision.
/// </summary>
public sealed class Preparation<TState>(Loaded<TState> loaded, Stack<Func<Task>> undo)
{
    public TState State => loaded.State;

    public string Stream => loaded.Stream;

    public long Revision => loaded.Revision;

    /// <summary>How to take back what was just done. It runs when the command fails for good; after a conflict that is retried it does not.</summary>
    public void OnFailure(Func<Task> step) => undo.Push(step);
}
