using Connections.Domain.Connection;
using Connections.Operations.Messages;
using Worker.Tests.Harness;

namespace Worker.Tests.Checks;

public abstract class SweepContract(RowStore store) : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private CheckScenario room = null!;

    public async ValueTask InitializeAsync() => room = await CheckScenario.Open(store);

    public ValueTask DisposeAsync() => room.DisposeAsync();

    [Fact]
    public async Task Ten_thousand_connections_are_probed_once_a_day_each_and_the_load_is_spread()
    {
        const int Connections = 10_000;
        const int Days = 2;
        for (var i = 0; i < Connections; i++) await room.Story.Connected($"c{i}"); // all at the same time, as after an import
        await Pass(TimeSpan.FromHours(36));
        Assert.Equal(Connections, room.Probes.Select(p => p.Connection).Distinct().Count());

        room.Probes.Clear();
        await Pass(TimeSpan.FromDays(Days));

        var each = room.Probes.CountBy(p => p.Connection).ToArray();
        Assert.Equal(Connections, each.Length);
        Assert.All(each, c => Assert.Equal(Days, c.Value));
        var busiest = room.Probes.CountBy(p => p.At).Max(m => m.Value);
        TestContext.Current.TestOutputHelper?.WriteLine($"the busiest minute has {busiest} probes, {Connections / 1440.0:n1} on average");
        Assert.InRange(busiest, 1, 4 * Connections / 1440);
    }

    [Fact]
    public async Task A_job_that_fires_late_catches_up_without_requesting_more_than_can_be_done()
    {
        for (var i = 0; i < 1_200; i++) await room.Story.Connected($"c{i}");
        await room.Rows.Follow();
        room.Clock.Advance(TimeSpan.FromDays(3));
        foreach (var expected in (int[])[500, 500, 200, 0])
        {
            var checks = await room.Fire();
            Assert.Equal(expected, checks.Count);
            await room.Deliver(checks);
            room.Clock.Advance(Minute);
        }

        Assert.All(room.Probes.CountBy(p => p.Connection), c => Assert.Equal(1, c.Value));
        Assert.Equal(1_200, room.Probes.Count);
    }

    [Fact]
    public async Task Requested_checks_that_are_not_done_are_requested_again_later_and_do_not_pile_up()
    {
        for (var i = 0; i < 1_200; i++) await room.Story.Connected($"c{i}");
        room.Clock.Advance(TimeSpan.FromDays(2));
        var checks = new List<CheckConnection>();
        for (var half = 0; half < 29; half++) await FireJob();
        Assert.Equal(500, checks.Count);

        for (var half = 0; half < 91; half++) await FireJob();
        Assert.Equal(4 * 500, checks.Count);
        Assert.Equal(500, checks.Distinct().Count());

        async Task FireJob()
        {
            checks.AddRange(await room.Fire());
            room.Clock.Advance(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task A_check_requested_by_several_hosts_is_done_once()
    {
        for (var i = 0; i < 20; i++) await room.Story.Connected($"c{i}");
        await room.Rows.Follow();
        room.Clock.Advance(TimeSpan.FromDays(2));
        var checks = await room.Fire();
        await room.Deliver([.. checks, .. checks]);
        await room.Rows.Follow();
        room.Clock.Advance(Minute);
        await room.Deliver(checks);

        Assert.Equal(20, room.Probes.Count);
    }

    [Fact]
    public async Task An_unavailable_connection_is_checked_after_1_2_4_minutes_up_to_60_until_it_is_available()
    {
        var id = await room.Story.Connected("Shop");
        room.Fails.Add(id);
        await Pass(TimeSpan.FromHours(42));
        var gaps = room.Probes.Zip(room.Probes.Skip(1), (a, b) => (int)(b.At - a.At).TotalMinutes).ToArray();
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], gaps.Take(9));
        Assert.All(gaps.Skip(9), gap => Assert.Equal(60, gap));

        room.Fails.Clear();
        await Pass(TimeSpan.FromHours(1));
        room.Probes.Clear();
        await Pass(TimeSpan.FromDays(3));
        Assert.InRange(room.Probes.Count, 2, 3);
    }

    [Fact]
    public async Task A_connection_that_needs_a_reconnect_or_is_deleted_is_never_checked()
    {
        var dead = await room.Story.Connected("Dead");
        await room.Story.Connection(dead, new ConnectionReauthRequired("no", 1));
        var deleted = await room.Story.Connected("Deleted");
        await room.Story.Connection(deleted, new ConnectionDeleted());
        await Pass(TimeSpan.FromDays(5));

        Assert.Empty(room.Probes);
    }

    // The job fires twice per minute, and some messages are delivered again later.
    private async Task Pass(TimeSpan time)
    {
        IReadOnlyList<CheckConnection> late = [];
        for (var passed = TimeSpan.Zero; passed < time; passed += Minute)
        {
            room.Clock.Advance(Minute);
            var checks = await room.Fire();
            Assert.Empty(await room.Fire());
            await room.Deliver(checks);
            await room.Deliver(late);
            late = [.. checks.Take(2)];
        }
    }
}
