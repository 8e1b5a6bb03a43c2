namespace EventSourcing.Sql.Loops;

/// <summary>Which instance runs what, of all that could. A courtesy: what must not happen twice is guarded where it is written.</summary>
public interface ILeases
{
    /// <summary>Cheap: asks no database.</summary>
    bool Holds(string name);

    /// <summary>Completes when this instance holds the lease.</summary>
    Task Wait(string name, CancellationToken ct);

    /// <summary>Another instance may have it, until this one waits for it again.</summary>
    void GiveBack(string name);
}

/// <summary>For the embedded shape: one process has the data folder to itself.</summary>
public sealed class SoleInstance : ILeases
{
    public bool Holds(string name) => true;

    public Task Wait(string name, CancellationToken ct) => Task.CompletedTask;

    public void GiveBack(string name)
    {
        // nobody else is there to have it
    }
}
