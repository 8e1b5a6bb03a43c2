using EventSourcing;
using EventSourcing.Sql.Loops;

namespace Sql.Tests;

public abstract class ReactorLoopContract(TestDatabase database) : LoopContract(database)
{
    [Fact]
    public async Task Effects_come_in_the_order_of_the_log_and_the_checkpoint_follows()
    {
        var reactor = new Recorder();
        await AppendEvents("thing-1", "a", "b");
        await Start(Loop(reactor));
        var position = await AppendEvents("thing-2", "c");
        await Health.Reached("recorder", position, Ct);

        Assert.Equal(["a", "b", "c"], reactor.Done);
        await Saves("recorder", position);
    }

    [Fact]
    public async Task A_loop_resumes_from_its_checkpoint()
    {
        var reactor = new Recorder();
        var loop = await Start(Loop(reactor));
        await Health.Reached("recorder", await AppendEvents("thing-1", "a"), Ct);
        await Stop(loop);

        await Start(Loop(reactor));
        await Health.Reached("recorder", await AppendEvents("thing-1", "b"), Ct);

        Assert.Equal(["a", "b"], reactor.Done);
    }

    [Fact]
    public async Task A_failing_event_stops_the_loop_and_is_retried_until_it_succeeds()
    {
        var reactor = new Recorder { Refuses = "bad" };
        await AppendEvents("thing-1", "a", "bad", "b");
        await Start(Loop(reactor));
        await Fails("recorder");
        Assert.Equal(1, await Checkpoint("recorder"));
        Assert.Equal(1, Health.Loops.Single().Position);

        reactor.Refuses = null;
        await RetryUntil("recorder", 3);

        Assert.Equal(["a", "bad", "b"], reactor.Done.Distinct());
        await Saves("recorder", 3);
    }

    [Fact]
    public async Task Work_without_a_saved_checkpoint_is_repeated()
    {
        await Checkpoints.Tables.Apply(Database, Ct);
        await Execute("INSERT INTO checkpoints VALUES ('the only one', 7)");
        await Execute("CREATE UNIQUE INDEX no_room ON checkpoints ((length(name) > 0))");
        var reactor = new Recorder();
        await AppendEvents("thing-1", "a");
        await Start(Loop(reactor));
        await Health.Reached("recorder", 1, Ct);
        var failed = Fails("recorder");
        while (!failed.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await failed;
        await Execute("DROP INDEX no_room");
        await Saves("recorder", 1);

        Assert.True(reactor.Done.Count > 1);
        Assert.Equal(["a"], reactor.Done.Distinct());
    }

    [Fact]
    public async Task A_loop_checks_its_lease_before_each_batch()
    {
        var reactor = new Recorder();
        await Start(Loop(reactor));
        await Health.Reached("recorder", await AppendEvents("thing-1", "a"), Ct);

        Leases.Take();
        await AppendEvents("thing-1", "b");
        await Health.Until("recorder", s => s.State == LoopState.WaitingForLease, Ct);
        Assert.Equal(["a"], reactor.Done);

        Leases.Give();
        await Health.Reached("recorder", 2, Ct);
        Assert.Equal(["a", "b"], reactor.Done);
    }

    [Fact]
    public async Task A_loop_continues_from_the_position_of_a_faster_instance()
    {
        var reactor = new Recorder();
        await Start(Loop(reactor));
        await Health.Reached("recorder", await AppendEvents("thing-1", "a"), Ct);
        await Saves("recorder", 1); // before the skipped events: the clock stands still from here on, so nothing more is saved
        await Log.Append("other-1", Revision.NoStream, [new NewEvent(Guid.NewGuid(), "x", default, default)], Ct);
        await new Checkpoints(Database).Move("recorder", 1, 2, Ct);

        await Health.Reached("recorder", await AppendEvents("thing-1", "b", "c"), Ct);

        Assert.Equal(["a", "b", "c"], reactor.Done.Distinct());
        await Saves("recorder", 4);
    }

    private ReactorLoop Loop(IReactor reactor) => new(reactor, Database, Tools());

    private sealed class Recorder : IReactor
    {
        public List<string> Done { get; } = [];

        public string? Refuses { get; set; }

        public string Name => "recorder";

        public IReadOnlyList<string> Prefixes => ["thing-"];

        public Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
        {
            foreach (var e in events)
            {
                if (e.Type == Refuses) throw new InvalidOperationException("the broker is unavailable");
                Done.Add(e.Type);
            }

            return Task.CompletedTask;
        }
    }
}
