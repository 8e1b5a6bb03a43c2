namespace EventSourcing.Sql;

/// <summary>Runs a reactor: effects first, then the checkpoint.</summary>
public sealed class ReactorLoop(IReactor reactor, SqlDatabase database, LoopTools tools)
    : EventLoop(reactor.Name, reactor.Prefixes, new Checkpoints(database), tools)
{
    private readonly Checkpoints checkpoints = new(database);

    protected override Task Prepare(CancellationToken ct) => Checkpoints.Tables.Apply(database, ct);

    protected override async Task<bool> Handle(IReadOnlyList<RecordedEvent> events, long from, long to, CancellationToken ct)
    {
        await reactor.React(events, ct);
        return await checkpoints.Move(reactor.Name, from, to, ct);
    }
}
