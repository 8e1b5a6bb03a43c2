namespace Connections.Connectors.Guard;

/// <summary>
/// How many file descriptors one use of this process may have at a time. Without a free descriptor a process can neither open files nor load
/// code, and ends. So a use that is at its limit waits or fails.
/// </summary>
public sealed class DescriptorBudget
{
    private const int Least = 4;

    private readonly Lock sync = new();
    private int most = int.MaxValue;
    private int open;

    private DescriptorBudget()
    {
    }

    /// <summary>Calls to other systems.</summary>
    public static DescriptorBudget Calls { get; } = new();

    /// <summary>Files of workspaces that are written or read.</summary>
    public static DescriptorBudget Files { get; } = new();

    /// <summary>The most descriptors at a time; without a limit until the host has started.</summary>
    public int Most
    {
        get => Volatile.Read(ref most);
        set => Volatile.Write(ref most, Math.Max(value, Least));
    }

    /// <summary>The descriptors in use.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>False if too many are in use.</summary>
    public bool TryTake(int descriptors)
    {
        lock (sync)
        {
            if (open > most - descriptors) return false;
            open += descriptors;
            return true;
        }
    }

    public void GiveBack(int descriptors)
    {
        lock (sync) open -= descriptors;
    }
}
