using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>Several of each host, each with its own proxies.</summary>
internal sealed class HostFleet : IAsyncDisposable
{
    public const string Api = "Connections.Api";
    public const string ConnectionWorker = "Connections.Worker";
    public const string ActivityWorker = "Activities.Worker";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly Servers servers;

    private int numbers;

    private HostFleet(Servers servers, IEnumerable<FleetHost> members, string key)
    {
        (this.servers, Members, Key) = (servers, [.. members], key);
        numbers = Members.Count;
    }

    /// <summary>Replaced as a whole, because callers read it at any time.</summary>
    public IReadOnlyList<FleetHost> Members { get; private set; }

    public string Output => string.Join('\n', Members.Select(m => m.Output));

    private string Key { get; }

    /// <summary>Starts the hosts. Returns once all are ready and a broker that the test may stop was restarted cleanly.</summary>
    /// <param name="programs">The programs of the hosts; by default those of this build.</param>
    public static async Task<HostFleet> Start(Servers servers, int apis, int connectionWorkers, int activityWorkers, HostPrograms? programs = null)
    {
        var key = await Deployment.OperatorKey(servers.Settings);
        var hosts = Enumerable.Repeat(ConnectionWorker, connectionWorkers)
            .Concat(Enumerable.Repeat(ActivityWorker, activityWorkers)).Concat(Enumerable.Repeat(Api, apis));
        var fleet = new HostFleet(servers, hosts.Select((host, i) => new FleetHost(servers, host, i + 1, programs ?? HostPrograms.Ours)), key);
        try
        {
            foreach (var member in fleet.Members) member.Launch();
            await fleet.Listen();
            if (!servers.Shared) await servers.Bus.Settle();
            await fleet.Ready();
            return fleet;
        }
        catch (Exception e)
        {
            var output = fleet.Output;
            await fleet.DisposeAsync();
            throw new InvalidOperationException($"{e.Message}\n{output}", e);
        }
    }

    /// <summary>Starts another host of this build, and returns once it listens.</summary>
    public async Task<FleetHost> Add(string host)
    {
        var member = new FleetHost(servers, host, ++numbers, HostPrograms.Ours);
        member.Launch();
        Members = [.. Members, member];
        await Listen();
        return member;
    }

    /// <summary>Calls any Api. A timeout and a 503 count as no response.</summary>
    public Api AnyApi() => new(new Uri("http://any.invalid"), Key, new LoadBalancer(Addresses), TimeSpan.FromSeconds(12));

    /// <summary>One client for each Api that listens.</summary>
    public Api[] Apis() => [.. Addresses().Select(address => new Api(address, Key))];

    /// <summary>Waits until every host consumes from its queues.</summary>
    public Task Listen() => Until.Holds(() => Members.All(m => m.Process.Ended || m.Listens), "every host consumes from its queues", Deadline);

    /// <summary>Waits until every Api is ready and every loop is healthy.</summary>
    public async Task Ready()
    {
        await Until.Holds(() => Addresses().Length == Members.Count(m => m.Host == Api), "every Api listens", Deadline);
        foreach (var api in Apis())
        {
            using (api) await Until.Seen(() => api.Get("/health/ready"), ready => ready.Status == 200, "an Api is ready", Deadline);
        }
    }

    /// <summary>Stops a host as an operator does, and removes it from the fleet.</summary>
    public async Task Retire(FleetHost member)
    {
        Assert.Equal(0, await member.Process.Stop());
        Members = [.. Members.Where(m => m != member)];
        await member.DisposeAsync();
    }

    /// <summary>Stops all hosts as an operator does.</summary>
    public async Task Stop()
    {
        foreach (var code in await Task.WhenAll(Members.Where(m => !m.Process.Ended).Select(m => m.Process.Stop()))) Assert.Equal(0, code);
    }

    public async ValueTask DisposeAsync()
    {
        var faults = new List<Exception>();
        foreach (var member in Members)
        {
            try
            {
                await member.DisposeAsync();
            }
            catch (InvalidOperationException ended)
            {
                faults.Add(ended);
            }
        }

        if (faults.Count > 0) throw new InvalidOperationException(string.Join('\n', faults.Select(f => f.Message)));
    }

    private Uri[] Addresses() =>
        [.. Members.Where(m => m.Host == Api && !m.Process.Ended).Select(m => Deployment.Address(m.Process)).OfType<Uri>()];
}
