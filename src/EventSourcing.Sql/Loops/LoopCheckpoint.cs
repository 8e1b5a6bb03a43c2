namespace EventSourcing.Sql.Loops;

/// <summary>The position of a loop, and how much of it is saved.</summary>
internal sealed class LoopCheckpoint(string name, Checkpoints checkpoints, TimeProvider clock)
{
    /// <summary>The interval of saves for work that does not move the checkpoint itself.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private long done;
    private long savedAt;

    public long Saved { get; private set; }

    public bool HasUnsaved => done != Saved;

    public async Task Read(CancellationToken ct) => Set(await checkpoints.Read(name, ct));

    /// <summary>False when another instance moved the checkpoint.</summary>
    public bool Note(CheckpointOutcome handled, long position)
    {
        if (handled == CheckpointOutcome.CheckpointMoved) Set(position);
        if (handled == CheckpointOutcome.CheckpointLater) done = position;
        return handled != CheckpointOutcome.CheckpointLost;
    }

    /// <summary>Saves the position. False when another instance moved the checkpoint.</summary>
    public async Task<bool> Save(CancellationToken ct)
    {
        if (!HasUnsaved) return true;
        if (!await checkpoints.Move(name, Saved, done, ct)) return false;
        Set(done);
        return true;
    }

    /// <summary>Advances past handled and skipped events. Saves once per interval.</summary>
    public Task<bool> Pass(long position, CancellationToken ct)
    {
        done = position;
        return clock.GetElapsedTime(savedAt) < Quiet ? Task.FromResult(true) : Save(ct);
    }

    private void Set(long position) => (done, Saved, savedAt) = (position, position, clock.GetTimestamp());
}
