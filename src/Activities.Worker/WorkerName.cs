namespace Activities.Worker;

/// <summary>This process, as the events of its attempts name it.</summary>
public sealed record WorkerName(string Value)
{
    public static WorkerName Current { get; } = new($"{Environment.MachineName}:{Environment.ProcessId}");
}
