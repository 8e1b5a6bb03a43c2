namespace EventSourcing.Sql.Loops;

/// <summary>
/// Decides which instance runs a loop. Leases only avoid double work: where a double run would do harm, the write itself is guarded.
/// </summary>
public interface ILeases
{
    /// <summary>Cheap: reads no database.</summary>
    bool Holds(string name);

    /// <summary>Completes when this instance holds the lease.</summary>
    Task Wait(string name, CancellationToken ct);

    /// <summary>Releases the lease to other instances, until this instance waits for it again.</summary>
    void GiveBack(string name);
}

/// <summary>For the embedded deployment: one process owns the data folder.</summary>
public sealed class SoleInstance : ILeases
{
    public bool Holds(string name) => true;

    public Task Wait(string name, CancellationToken ct) => Task.CompletedTask;

    public void GiveBack(string name)
    {
        // No other instance could take the lease.
    }
}
