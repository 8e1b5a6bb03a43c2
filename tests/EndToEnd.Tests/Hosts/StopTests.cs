using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>Hosts that are told to stop, as every roll-out does, in the midst of work that may not be repeated.</summary>
[Collection(Alone.Name)]
public sealed class StopTests : IAsyncLifetime
{
    private const int Most = 80;

    private Servers servers = null!;
    private Provider provider = null!;

    public async ValueTask InitializeAsync() => (servers, provider) = (await Servers.Start(), await Provider.Start());

    public async ValueTask DisposeAsync()
    {
        if (provider is not null) await provider.DisposeAsync();
        if (servers is not null) await servers.DisposeAsync();
    }

    [Fact]
    public async Task An_activities_worker_ends_what_it_began_and_leaves_the_rest_to_another()
    {
        await using var hosts = await Deployment.Start(servers.Settings, 1, 1, 2);
        await hosts.Listen();
        using var work = await Work.Begin(hosts, provider);
        await work.Goes(5);

        var activities = await work.Accepted(Most, Manner.Slow);
        await Until.Holds(() => provider.Known > 10, "some are under way");
        Assert.Equal(0, await hosts.ActivityWorkers[0].Stop());
        Assert.True(provider.Known < Most, "All were begun before it stopped.");

        foreach (var activity in activities) await work.IsDone(activity);
        Assert.Equal(0, provider.BrokenOff);
    }

    [Fact]
    public async Task A_connections_worker_gives_its_loops_back_before_it_ends()
    {
        await using var hosts = await Deployment.Start(servers.Settings, 1, 1, 1);
        using var work = await Work.Begin(hosts, provider);
        await work.Goes(5);
        var leases = new LeaseWatch(servers.Sql);
        var first = await leases.Owners();
        hosts.Launch(Deployment.ConnectionWorker);
        await hosts.Listen();

        var activities = await work.Accepted(Most, Manner.Quick);
        Assert.Equal(0, await hosts.ConnectionWorkers[0].Stop());
        Assert.DoesNotContain(first, await leases.Owners(), StringComparison.Ordinal);

        foreach (var activity in activities) await work.IsDone(activity);
        await Rebuilt.IsWhatTheHostsWrote(servers);
    }
}
