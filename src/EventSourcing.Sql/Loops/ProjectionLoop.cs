namespace EventSourcing.Sql.Loops;

/// <summary>Runs a projection: rows and checkpoint in one transaction, with the checkpoint moved first.</summary>
public sealed class ProjectionLoop(IProjection projection, SqlDatabase database, LoopContext context)
    : EventLoop(projection.Name, projection.Prefixes, projection.Pace, new Checkpoints(database), context)
{
    protected override async Task Prepare(CancellationToken ct)
    {
        await Checkpoints.Tables.Apply(database, ct);
        await projection.Tables.Apply(database, ct);
    }

    protected override async Task<CheckpointOutcome> Handle(IReadOnlyList<RecordedEvent> events, long from, long to, CancellationToken ct)
    {
        await using (var write = await database.BeginWrite(ct))
        {
            if (!await Checkpoints.Move(write, projection.Name, from, to, ct)) return CheckpointOutcome.CheckpointLost;
            await projection.Apply(events, write, ct);
            await write.Commit(ct);
        }

        await projection.Committed(events, ct);
        return CheckpointOutcome.CheckpointMoved;
    }
}
