namespace EventSourcing.Sql.Loops;

/// <summary>Runs a reactor: effects first, the checkpoint within a second. After a crash the effects of that second come again.</summary>
public sealed class ReactorLoop(IReactor reactor, SqlDatabase database, LoopContext tools)
    : EventLoop(reactor.Name, reactor.Prefixes, reactor.Pace, new Checkpoints(database), tools)
{
    protected override Task Prepare(CancellationToken ct) => Checkpoints.Tables.Apply(database, ct);

    protected override async Task<CheckpointOutcome> Handle(IReadOnlyList<RecordedEvent> events, long from, long to, CancellationToken ct)
    {
        await reactor.React(events, ct);
        return CheckpointOutcome.CheckpointLater;
    }
}
