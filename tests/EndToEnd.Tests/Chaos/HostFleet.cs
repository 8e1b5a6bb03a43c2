using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>Several of each host, each with lines of its own.</summary>
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

    /// <summary>Replaced as a whole: callers look at it at any time.</summary>
    public IReadOnlyList<FleetHost> Members { get; private set; }

    public string Output => string.Join('\n', Members.Select(m => m.Output));

    private string Key { get; }

    /// <summary>Returns once all are ready, and the broker, if a test may stop it, has settled.</summary>
    /// <param name="programs">Left out, they are ours.</param>
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
            var said = fleet.Output;
            await fleet.DisposeAsync();
            throw new InvalidOperationException($"{e.Message}\n{said}", e);
        }
    }

    /// <summary>One more, of ours; returns once it listens.</summary>
    public async Task<FleetHost> Add(string host)
    {
        var member = new FleetHost(servers, host, ++numbers, HostPrograms.Ours);
        member.Launch();
        Members = [.. Members, member];
        await Listen();
        return member;
    }

    /// <summary>By whichever Api; one that does not answer within some seconds, or cannot do it now, has not answered.</summary>
    public Api AnyApi() => new(new Uri("http://any.invalid"), Key, new LoadBalancer(Addresses), TimeSpan.FromSeconds(12));

    /// <summary>The Apis that listen, each its own door.</summary>
    public Api[] Apis() => [.. Addresses().Select(address => new Api(address, Key))];

    /// <summary>Every host listens to its queues.</summary>
    public Task Listen() => Until.Holds(() => Members.All(m => m.Process.Ended || m.Listens), "every host listens to its queues", Deadline);

    /// <summary>Every Api finds all that it needs, and every loop well.</summary>
    public async Task Ready()
    {
        await Until.Holds(() => Addresses().Length == Members.Count(m => m.Host == Api), "every Api listens", Deadline);
        foreach (var api in Apis())
        {
            using (api) await Until.Seen(() => api.Get("/health/ready"), ready => ready.Status == 200, "an Api is ready", Deadline);
        }
    }

    /// <summary>As an operator would; it ends in order, and is not counted any more.</summary>
    public async Task Retire(FleetHost member)
    {
        Assert.Equal(0, await member.Process.Stop());
        Members = [.. Members.Where(m => m != member)];
        await member.DisposeAsync();
    }

    /// <summary>As an operator would; all of them end in order.</summary>
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
