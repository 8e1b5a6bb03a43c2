using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>Callers that work steadily over HTTP and the bus while parts of the deployment fail.</summary>
internal sealed class Load : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Api api;
    private readonly BusActivitySender[] busSenders;
    private readonly ConnectionOwner[] owners;
    private readonly BusOwner[] busOwners;
    private readonly Dictionary<string, Task> callers = [];
    private readonly Task working;
    private volatile bool enough;

    public Load(Servers servers, HostFleet fleet, FakeProvider provider, BusListener listener, ActivitySender sender, int seed)
    {
        (api, Sender) = (fleet.AnyApi(), sender);
        busSenders = [new BusActivitySender(servers.Bus, sender), new BusActivitySender(servers.Bus, sender)];
        owners = [.. Enumerable.Range(1, 2).Select(n => new ConnectionOwner(provider.Address, sender, seed + n))];
        busOwners = [.. Enumerable.Range(3, 2).Select(n => new BusOwner(servers.Bus, listener, api, provider.Address, seed + n))];
        callers.Add("activities by HTTP", sender.Insist(api, () => enough, atOnce: 3, Pause));
        foreach (var (i, caller) in busSenders.Index()) callers.Add($"activities by bus {i}", Task.Run(() => caller.Insist(() => enough, Pause)));
        foreach (var (i, owner) in owners.Index()) callers.Add($"connections by HTTP {i}", Task.Run(() => Own(owner)));
        foreach (var (i, owner) in busOwners.Index()) callers.Add($"connections by bus {i}", Task.Run(() => owner.Work(() => enough)));
        working = Task.WhenAll(callers.Values);
    }

    public ActivitySender Sender { get; }

    public IEnumerable<Guid> ByBus => busSenders.SelectMany(s => s.Accepted);

    public IEnumerable<OwnedConnection> Owned => owners.SelectMany(o => o.All);

    public IEnumerable<BusOwned> OwnedByBus => busOwners.SelectMany(o => o.All);

    /// <summary>Waits until this many more activities were accepted.</summary>
    public async Task Goes(int more, TimeSpan limit)
    {
        var before = Sender.Accepted.Count;
        await Until.Holds(() => working.IsFaulted || Sender.Accepted.Count > before + more, "more is accepted", limit);
        if (working.IsFaulted) await End(limit); // a caller failed
    }

    /// <summary>Stops new work, and repeats open requests until each has a response.</summary>
    public async Task End(TimeSpan limit)
    {
        enough = true;
        await Task.WhenAny(working, Task.Delay(limit, TimeProvider.System));
        Assert.Empty(callers.Where(c => !c.Value.IsCompleted).Select(c => $"{c.Key}: not answered yet {busOwners.FirstOrDefault(o => o.Saying != "")?.Saying}"));
        await working;
    }

    public void Dispose() => api.Dispose();

    private async Task Own(ConnectionOwner owner)
    {
        while (!enough)
        {
            var commands = 0;
            await owner.Work(api, () => enough || commands++ > 0); // one command at a time: progress matters, not throughput
            await Task.Delay(Pause, TimeProvider.System);
        }

        while (owner.All is [.., { Done: false } last])
        {
            if (!await last.SayNext(api)) await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
