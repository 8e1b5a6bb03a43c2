namespace EventSourcing.Sql.Loops;

/// <summary>How far a loop has come, and how far of that is saved.</summary>
internal sealed class LoopCheckpoint(string name, Checkpoints checkpoints, TimeProvider clock)
{
    /// <summary>Work that moves no checkpoint is saved so often.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private long done;
    private long savedAt;

    public long Saved { get; private set; }

    public bool HasUnsaved => done != Saved;

    public async Task Read(CancellationToken ct) => Set(await checkpoints.Read(name, ct));

    /// <summary>False when the checkpoint is not ours any more.</summary>
    public bool Note(CheckpointOutcome handled, long position)
    {
        if (handled == CheckpointOutcome.CheckpointMoved) Set(position);
        if (handled == CheckpointOutcome.CheckpointLater) done = position;
        return handled != CheckpointOutcome.CheckpointLost;
    }

    /// <summary>Saves how far it has come. False when the checkpoint is not ours any more.</summary>
    public async Task<bool> Save(CancellationToken ct)
    {
        if (!HasUnsaved) return true;
        if (!await checkpoints.Move(name, Saved, done, ct)) return false;
        Set(done);
        return true;
    }

    /// <summary>Everything up to here was handled or passed over: saved now and then, and when nothing more comes.</summary>
    public Task<bool> Pass(long position, CancellationToken ct)
    {
        done = position;
        return clock.GetElapsedTime(savedAt) < Quiet ? Task.FromResult(true) : Save(ct);
    }

    private void Set(long position) => (done, Saved, savedAt) = (position, position, clock.GetTimestamp());
}
