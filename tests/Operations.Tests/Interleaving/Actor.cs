namespace Operations.Tests.Interleaving;

/// <summary>
/// A task that halts before each call of the log and of the vault until it is stepped. An actor that is never stepped again has crashed.
/// </summary>
internal sealed class Actor
{
    private static readonly AsyncLocal<Actor?> Working = new();

    private TaskCompletionSource halted = new();
    private TaskCompletionSource? gate;

    private Actor(string name) => Name = name;

    public string Name { get; }

    public bool Ended { get; private set; }

    /// <summary>The exception that ended the work; null if it succeeded.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>The step before which the actor halts.</summary>
    public string Next { get; private set; } = "";

    /// <summary>Completes when the actor halts before its first step.</summary>
    public static async Task<Actor> Begin(string name, Func<Task> work)
    {
        var actor = new Actor(name);
        _ = actor.Work(work);
        await actor.halted.Task;
        return actor;
    }

    /// <summary>Runs one step, until the actor halts before the next or has ended.</summary>
    public async Task Step()
    {
        halted = new TaskCompletionSource();
        gate!.SetResult();
        await halted.Task;
    }

    /// <summary>Marks the beginning of a step. Outside an actor it does nothing.</summary>
    public static Task Before(string step) => Working.Value?.Halt(step) ?? Task.CompletedTask;

    private Task Halt(string step)
    {
        Next = step;
        gate = new TaskCompletionSource();
        halted.SetResult();
        return gate.Task;
    }

    private async Task Work(Func<Task> work)
    {
        Working.Value = this;
        try
        {
            await work();
        }
        catch (Exception fault)
        {
            Fault = fault;
        }

        Ended = true;
        halted.SetResult();
    }
}
