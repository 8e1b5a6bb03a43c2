namespace EventSourcing;

/// <summary>
/// Work in other streams or stores that has to be done before a command is decided. The preparation sees the stream as it was read; the
/// events are appended at the same revision.
/// </summary>
public sealed class Preparation<TState>(Loaded<TState> loaded, Stack<Func<Task>> undo)
{
    public TState State => loaded.State;

    public string Stream => loaded.Stream;

    public long Revision => loaded.Revision;

    /// <summary>Registers an undo step. The step runs when the command fails finally, not after a conflict that is retried.</summary>
    public void OnFailure(Func<Task> step) => undo.Push(step);
}
