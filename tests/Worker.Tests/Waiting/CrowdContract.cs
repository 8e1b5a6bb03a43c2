using System.Diagnostics;
using Connections.Domain;
using Connections.Domain.Connection;
using Worker.Tests.Harness;

namespace Worker.Tests.Waiting;

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Many activities wait for one dead connection.</summary>
[Collection(nameof(Alone))]
public abstract class CrowdContract(RowStore store, int crowd, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly int released = crowd / 50;
    private readonly int rounds = crowd / 2_500;

    private WakerScenario room = null!;
    private Guid dead;
    private Guid other;
    private readonly List<Guid> waiting = new(crowd);

    private EventWriter Story => room.Story;

    public async ValueTask InitializeAsync()
    {
        room = await WakerScenario.Open(store);
        dead = await Story.Connected("Dead");
        other = await Story.Connected("Other");
        await Story.Connection(dead, new ConnectionReauthRequired("no", 1));
        for (var i = 0; i < crowd; i++)
        {
            if (i % 100 == 0) room.Clock.Advance(TimeSpan.FromMilliseconds(1));
            room.Clock.Advance(TimeSpan.FromTicks(1));
            waiting.Add(await Story.New(Story.Over(dead), EventWriter.Deferred(FailureKind.ReauthRequired, dead)));
        }

        await Timed($"{crowd} requests and deferrals projected", () => room.Rows.Follow());
    }

    public ValueTask DisposeAsync() => room.DisposeAsync();

    [Fact]
    public async Task A_crowd_of_activities_waits_without_cost_resumes_in_order_at_the_limit_and_delays_no_other()
    {
        await A_quiet_second_costs_next_to_nothing();
        await A_reconnect_changes_a_row();
        await Each_end_releases_the_next_in_order_and_others_are_served_meanwhile();
        await A_connection_that_falls_back_holds_back_the_rest();
        await Deadlines_end_them_in_bulk_and_hold_up_nobody();
    }

    private async Task A_quiet_second_costs_next_to_nothing()
    {
        await room.Round();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Empty(await Timed("quiet round", () => room.RoundAfter(TimeSpan.FromSeconds(1))));
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        output.WriteLine($"a quiet round allocates {allocated:n0} bytes");
        Assert.InRange(allocated, 0, 1 << 20);
    }

    private async Task A_reconnect_changes_a_row()
    {
        await Story.Connection(dead, EventWriter.Reconnected(2));
        var before = room.Rows.Touched;
        await Timed("reconnect projected", () => room.Rows.Follow());
        Assert.InRange(room.Rows.Touched - before, 1, 5);
    }

    private async Task Each_end_releases_the_next_in_order_and_others_are_served_meanwhile()
    {
        var (done, outstanding) = (new List<Guid>(), new Queue<Guid>());
        var clock = Stopwatch.StartNew();
        while (done.Count < released)
        {
            var theirs = await Story.New(Story.Over(other), EventWriter.Deferred(FailureKind.Busy, other));
            var sent = await room.RoundAfter(TimeSpan.FromMilliseconds(10));
            Assert.Contains(theirs, sent);
            await Ended(theirs, other, 1);
            foreach (var id in sent.Where(id => id != theirs)) outstanding.Enqueue(id);
            Assert.InRange(outstanding.Count, 1, ProbedConnector.Limit);
            for (var ends = 1 + (done.Count % 10); ends > 0 && outstanding.TryDequeue(out var id); ends--)
            {
                await Ended(id, dead, 2);
                done.Add(id);
            }
        }

        output.WriteLine($"{done.Count} released, one by one, in {clock.ElapsedMilliseconds} ms");
        Assert.Equal(waiting.Take(done.Count), done);
        foreach (var id in outstanding) await Ended(id, dead, 2);
    }

    private async Task A_connection_that_falls_back_holds_back_the_rest()
    {
        foreach (var id in await room.Round())
            await Story.Activity(id, Story.Started(1, dead, 2), EventWriter.Deferred(FailureKind.ReauthRequired, dead, 2, attempts: 1));
        await Story.Connection(dead, new ConnectionReauthRequired("no", 2));
        for (var minute = 0; minute < 60; minute++) Assert.Empty(await room.RoundAfter(TimeSpan.FromMinutes(1)));
    }

    private async Task Deadlines_end_them_in_bulk_and_hold_up_nobody()
    {
        var left = await room.Rows.Value<int>("SELECT COUNT(*) FROM waits");
        Assert.InRange(left, crowd - released - (3 * ProbedConnector.Limit), crowd - released + ProbedConnector.Limit);
        room.Clock.Advance(TimeSpan.FromDays(1));
        var theirs = await Story.New(Story.Over(other), EventWriter.Deferred(FailureKind.Busy, other));
        Assert.Equal([theirs], await Timed($"round with {left} overdue", () => room.Round()));
        await Ended(theirs, other, 1);

        var clock = Stopwatch.StartNew();
        for (var round = 1; round < rounds; round++) Assert.Empty(await room.Round());
        output.WriteLine($"{rounds * 500} ended in {clock.ElapsedMilliseconds} ms");
        await room.Rows.Follow();
        Assert.Equal(left - (rounds * 500), await room.Rows.Value<int>("SELECT COUNT(*) FROM waits"));
    }

    private Task Ended(Guid id, Guid connection, int version) =>
        Story.Activity(id, Story.Started(1, connection, version), EventWriter.Succeeded(connection));

    private Task<bool> Timed(string what, Func<Task> work) => Timed(what, async () =>
    {
        await work();
        return true;
    });

    private async Task<T> Timed<T>(string what, Func<Task<T>> work)
    {
        var clock = Stopwatch.StartNew();
        var result = await work();
        output.WriteLine($"{what}: {clock.Elapsed.TotalMilliseconds:n1} ms");
        return result;
    }
}
