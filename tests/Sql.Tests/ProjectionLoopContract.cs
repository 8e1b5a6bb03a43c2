using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Sql.Tests;

public abstract class ProjectionLoopContract(TestDatabase database) : LoopContract(database)
{
    [Fact]
    public async Task Existing_events_become_rows_and_then_new_ones()
    {
        await AppendEvents("thing-1", "a", "b");
        await Start(Loop(new Seen()));
        await Health.Reached("seen", await AppendEvents("thing-2", "c"), Ct);

        Assert.Equal(["thing-1 a", "thing-1 b", "thing-2 c"], await Rows());
        Assert.Equal(LoopState.Running, Health.Loops.Single().State);
    }

    [Fact]
    public async Task Streams_with_other_prefixes_are_skipped()
    {
        await Start(Loop(new Seen()));
        await AppendEvents("other-1", "a");
        await Health.Reached("seen", await AppendEvents("thing-1", "b"), Ct);

        Assert.Equal(["thing-1 b"], await Rows());
    }

    [Fact]
    public async Task A_loop_resumes_from_its_checkpoint()
    {
        var loop = await Start(Loop(new Seen()));
        await Health.Reached("seen", await AppendEvents("thing-1", "a"), Ct);
        await Stop(loop);
        Assert.Equal(LoopState.Stopped, Health.Loops.Single().State);

        var position = await AppendEvents("thing-1", "b");
        await Start(Loop(new Seen()));
        await Health.Reached("seen", position, Ct);

        Assert.Equal(["thing-1 a", "thing-1 b"], await Rows());
    }

    [Fact]
    public async Task A_checkpoint_after_the_end_of_the_log_is_reported_as_that()
    {
        var head = await AppendEvents("thing-1", "a");
        await Checkpoints.Tables.Apply(Database, Ct);
        Assert.True(await new Checkpoints(Database).Move("seen", Position.Start, head + 100, Ct));
        await Start(Loop(new Seen()));
        await Fails("seen");
        Assert.Contains("checkpoint", Health.Loops.Single().Error, StringComparison.Ordinal);
        Assert.Contains($"the log ends at {head}", Health.Loops.Single().Error, StringComparison.Ordinal);
        Assert.Empty(await Rows());
    }

    [Fact]
    public async Task A_loop_continues_from_its_checkpoint_after_a_failure()
    {
        var fails = false;
        var seen = new Seen { Before = _ => Break(fails) };
        await Start(Loop(seen));
        await Health.Reached("seen", await AppendEvents("thing-1", "a"), Ct);
        fails = true;
        var position = await AppendEvents("thing-1", "b");
        await Fails("seen");

        fails = false;
        await RetryUntil("seen", position);

        Assert.Equal(["thing-1 a", "thing-1 b"], await Rows());
    }

    [Fact]
    public async Task Rows_without_their_checkpoint_are_never_seen()
    {
        var seen = new Seen { Before = e => Break(e.Type == "bad") };
        await AppendEvents("thing-1", "good", "bad");
        await Start(Loop(seen));
        await Fails("seen");

        Assert.Equal(["thing-1 good"], await Rows());
        Assert.Equal(1, await Checkpoint("seen"));
    }

    [Fact]
    public async Task A_loop_stops_before_an_event_it_cannot_apply_reports_it_and_continues_when_it_can()
    {
        var seen = new Seen { Before = e => Break(e.Type == "bad") };
        await AppendEvents("thing-1", "a", "b", "bad", "c");
        await Start(Loop(seen));
        await Fails("seen");

        var status = Health.Loops.Single();
        Assert.Equal(2, status.Position);
        Assert.Contains("Cannot handle bad of stream thing-1 at position 3", status.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", status.Error, StringComparison.Ordinal);
        Assert.Equal(["thing-1 a", "thing-1 b"], await Rows());

        seen.Before = _ => { };
        await RetryUntil("seen", 4);
        await Health.Until("seen", s => s is { State: LoopState.Running, Error: null }, Ct);
        Assert.Equal(["thing-1 a", "thing-1 b", "thing-1 bad", "thing-1 c"], await Rows());
    }

    [Fact]
    public async Task An_event_of_a_newer_version_is_named()
    {
        await AppendEvents("thing-1", "from-the-future");
        await Start(Loop(new Seen { Before = e => throw new UnknownEventException(e.Type, e.Stream, e.Position) }));
        await Fails("seen");

        Assert.Contains("Run the version that wrote it", Health.Loops.Single().Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_concurrent_loops_of_one_name_never_apply_an_event_twice()
    {
        var (first, second) = (new LoopHealth(TimeProvider.System), new LoopHealth(TimeProvider.System));
        await Start(new ProjectionLoop(new Seen(), Database, Tools(first)));
        await Start(new ProjectionLoop(new Seen(), Database, Tools(second)));
        var position = 0L;
        for (var n = 0; n < 200; n++) position = await AppendEvents($"thing-{n % 7}", $"t{n}");

        await Task.WhenAll(first.Reached("seen", position, Ct), second.Reached("seen", position, Ct));

        Assert.Equal(200, (await Rows()).Count);
        Assert.Equal(200, (await Rows()).Distinct().Count());
    }

    [Fact]
    public async Task A_deleted_database_is_rebuilt_with_the_same_rows()
    {
        for (var n = 0; n < 30; n++) await AppendEvents($"thing-{n % 3}", $"t{n}");
        var loop = await Start(Loop(new Seen()));
        await Health.Reached("seen", 30, Ct);
        var before = await Rows();
        await Stop(loop);

        await DeleteDatabase();
        var again = new LoopHealth(TimeProvider.System);
        await Start(new ProjectionLoop(new Seen(), Database, Tools(again)));
        await again.Reached("seen", 30, Ct);

        Assert.Equal(30, before.Count);
        Assert.Equal(before, await Rows());
    }

    [Fact]
    public async Task Committed_is_called_after_the_commit_of_a_batch()
    {
        var seen = new Seen { Before = e => Break(e.Type == "bad") };
        await AppendEvents("thing-1", "a", "bad");
        await Start(Loop(seen));
        await Fails("seen");

        Assert.Equal(["a"], seen.Reported.Select(e => e.Type));
    }

    [Fact]
    public async Task A_quiet_loop_writes_its_checkpoint_at_most_once_a_second_and_when_it_stops()
    {
        var loop = await Start(Loop(new Seen()));
        foreach (var type in new[] { "a", "b" })
        {
            await Health.Reached("seen", await AppendEvents("other-1", type), Ct);
            Assert.Equal(Position.Start, await Checkpoint("seen"));
        }

        Clock.Advance(TimeSpan.FromSeconds(1));
        await Saves("seen", await AppendEvents("other-1", "c"));

        var last = await AppendEvents("other-1", "d");
        await Health.Reached("seen", last, Ct);
        await Stop(loop);
        Assert.Equal(last, await Checkpoint("seen"));
    }

    [Fact]
    public async Task The_position_after_skipped_events_is_saved_when_the_log_is_quiet()
    {
        await Start(Loop(new Seen()));
        await Health.Reached("seen", await AppendEvents("thing-1", "a"), Ct);
        var last = await AppendEvents("other-1", "b");
        await Health.Reached("seen", last, Ct);

        await Saves("seen", last);
    }

    [Fact]
    public async Task A_loop_waits_for_its_lease_and_stops_when_it_loses_it()
    {
        Leases.Take();
        await AppendEvents("thing-1", "a");
        await Start(Loop(new Seen()));
        await Health.Until("seen", s => s.State == LoopState.WaitingForLease, Ct);
        Assert.Empty(await Rows());

        Leases.Give();
        await Health.Reached("seen", 1, Ct);
        Leases.Take();
        await AppendEvents("thing-1", "b");
        await Health.Until("seen", s => s.State == LoopState.WaitingForLease, Ct);

        Assert.Equal(["thing-1 a"], await Rows());
    }

    [Fact]
    public async Task Tables_changed_by_a_newer_version_stop_the_host()
    {
        await new Migrations("seen", "SELECT 1", "SELECT 1") { Least = 2 }.Apply(Database, Ct);
        using var loop = Loop(new Seen());

        await Assert.ThrowsAsync<NewerSchemaException>(() => loop.StartAsync(Ct));
    }

    private ProjectionLoop Loop(Seen seen) => new(seen, Database, Tools());

    private static void Break(bool really)
    {
        if (really) throw new InvalidOperationException("hunter2");
    }
}
