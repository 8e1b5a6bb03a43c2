namespace Operations.Tests.Interleaving;

/// <summary>Somebody at work who halts before each call of the log and of the vault, and goes on when told to. Who is never told so has crashed.</summary>
internal sealed class Actor
{
    private static readonly AsyncLocal<Actor?> Working = new();

    private TaskCompletionSource halted = new();
    private TaskCompletionSource? gate;

    private Actor(string name) => Name = name;

    public string Name { get; }

    public bool Ended { get; private set; }

    /// <summary>What it ended with; null when all went well.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>The step it stands before.</summary>
    public string Next { get; private set; } = "";

    /// <summary>Answers when it stands before its first step.</summary>
    public static async Task<Actor> Begin(string name, Func<Task> work)
    {
        var actor = new Actor(name);
        _ = actor.Work(work);
        await actor.halted.Task;
        return actor;
    }

    /// <summary>One step: until it stands before the next, or has ended.</summary>
    public async Task Step()
    {
        halted = new TaskCompletionSource();
        gate!.SetResult();
        await halted.Task;
    }

    /// <summary>Where a step begins. Whoever is no actor goes on.</summary>
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
