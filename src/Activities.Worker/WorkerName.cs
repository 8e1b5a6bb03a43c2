namespace Activities.Worker;

/// <summary>The name of this process in the events of its attempts.</summary>
public sealed record WorkerName(string Value)
{
    public static WorkerName Current { get; } = new($"{Environment.MachineName}:{Environment.ProcessId}");
}
