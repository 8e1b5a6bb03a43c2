using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>Two Connections.Workers, of which the lease holder of all loops is lost.</summary>
[Collection(Alone.Name)]
public sealed class TakeoverTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int TakeoverSeconds = 10;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    private Servers servers = null!;
    private FakeProvider provider = null!;

    public async ValueTask InitializeAsync() => (servers, provider) = (await Servers.Share(), await FakeProvider.Start());

    public async ValueTask DisposeAsync()
    {
        if (provider is not null) await provider.DisposeAsync();
        if (servers is not null) await servers.DisposeAsync();
    }

    [Fact]
    public async Task When_the_lease_holder_is_killed_another_host_has_every_loop_within_ten_seconds()
    {
        await using var hosts = await Deployment.Start(servers.Settings, 1, 1, 1);
        using var work = await UnrepeatableWork.Begin(hosts, provider);
        var leases = await WatchFirst(work);
        await Second(hosts);
        var first = await leases.Owners();

        var since = await leases.Now();
        await hosts.ConnectionWorkers[0].Kill();
        await TakenInTime(leases, since, from: first);
        await work.Goes(20);
        await Rebuilt.IsWhatTheHostsWrote(servers);
    }

    [Fact]
    public async Task When_the_lease_holder_is_disconnected_another_host_has_every_loop_within_ten_seconds_and_the_old_one_changes_nothing()
    {
        await using var cut = new CuttableLines(servers);
        await using var hosts = await Deployment.Start(servers.Settings, 1, 1, 1, cut.Settings);
        using var work = await UnrepeatableWork.Begin(hosts, provider);
        var leases = await WatchFirst(work);
        await Second(hosts);
        var first = await leases.Owners();

        var going = work.Goes(200); // so that the cut interrupts running work
        var since = await leases.Now();
        cut.Cut();
        await TakenInTime(leases, since, from: first);
        await going;
        await work.Goes(20);

        var healed = await leases.Now();
        cut.Heal();
        await work.Goes(50);
        Assert.Equal("", await leases.Taken(healed));
        await Rebuilt.IsWhatTheHostsWrote(servers);

        // The old host is back, and takes over in turn.
        Assert.Equal(0, await hosts.ConnectionWorkers[1].Stop());
        await Until.Seen(leases.Owners, owners => owners == first, "the first has every loop again", Long);
        await work.Goes(20);
        await Rebuilt.IsWhatTheHostsWrote(servers);
    }

    private async Task<LeaseWatch> WatchFirst(UnrepeatableWork work)
    {
        await work.Goes(5);
        var leases = new LeaseWatch(servers.Sql);
        await Until.Seen(
            leases.Loops,
            loops => new[] { "activities", "connections", "send-requested", "waits", "waker" }.All(loops.Split(' ').Contains),
            "the first has the loops");
        return await leases.Start();
    }

    private static async Task Second(Deployment hosts)
    {
        hosts.Launch(Deployment.ConnectionWorker);
        await hosts.Listen();
    }

    private async Task TakenInTime(LeaseWatch leases, string since, string from)
    {
        await Until.Seen(leases.Owners, owners => owners != from && !owners.Contains(' ', StringComparison.Ordinal), "another has every loop", Long);
        var taken = await leases.Taken(since);
        output.WriteLine($"taken, in seconds after: {taken}");
        Assert.True(await leases.AllTakenWithin(since, TakeoverSeconds), $"Not all within {TakeoverSeconds} s: {taken}");
    }
}
