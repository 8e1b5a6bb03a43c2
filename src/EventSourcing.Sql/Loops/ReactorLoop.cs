namespace EventSourcing.Sql.Loops;

/// <summary>Runs a reactor: effects first, the checkpoint within a second. After a crash the effects of that second are repeated.</summary>
public sealed class ReactorLoop(IReactor reactor, SqlDatabase database, LoopContext context)
    : EventLoop(reactor.Name, reactor.Prefixes, reactor.Pace, new Checkpoints(database), context)
{
    protected override Task Prepare(CancellationToken ct) => Checkpoints.Tables.Apply(database, ct);

    protected override async Task<CheckpointOutcome> Handle(IReadOnlyList<RecordedEvent> events, long from, long to, CancellationToken ct)
    {
        await reactor.React(events, ct);
        return CheckpointOutcome.CheckpointLater;
    }
}
