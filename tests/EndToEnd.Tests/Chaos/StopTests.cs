using System.Text.Json.Nodes;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>A host is stopped while it works: it leaves nothing half done, and the others do not wait for it.</summary>
[Collection(Alone.Name)]
public sealed class StopTests : IAsyncLifetime
{
    private const int Connections = 5;
    private const int Activities = 300;
    private const int Seconds = 30;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private Servers servers = null!;
    private FakeProvider provider = null!;

    public async ValueTask InitializeAsync() => provider = await FakeProvider.Start();

    public async ValueTask DisposeAsync()
    {
        if (provider is not null) await provider.DisposeAsync();
        if (servers is not null) await servers.DisposeAsync();
    }

    [Fact]
    public async Task A_stopping_activities_worker_finishes_its_work_and_leaves_the_rest_to_the_others()
    {
        servers = await Servers.Share();
        await using var fleet = await HostFleet.Start(servers, apis: 1, connectionWorkers: 1, activityWorkers: 2);
        using var api = fleet.Apis()[0];
        var connections = await Connect(api);
        var taken = Enumerable.Range(0, Activities).Select(_ => Guid.NewGuid()).ToArray();
        var stopping = fleet.Members.First(m => m.Host == HostFleet.ActivityWorker).Process;

        await Parallel.ForEachAsync(taken.Index(), new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (at, _) =>
            (await api.Post("/api/activities", Slow(connections[at.Index % Connections], at.Item))).Is(202));
        await Until.Holds(() => Begun(stopping).Count > Connections, "it works", Deadline);
        var since = await Sql("SELECT clock_timestamp()::text");
        Assert.Equal(0, await stopping.Stop());
        Assert.Equal("True", await Sql($"SELECT clock_timestamp() <= '{since}'::timestamptz + interval '{Seconds} s'"));

        var begun = Begun(stopping);
        Assert.InRange(begun.Count, Connections, Activities - 1); // otherwise the stop came too late
        await Parallel.ForEachAsync(taken, new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (id, _) => await api.Reaches(id, "succeeded", Deadline));
        Assert.All(taken, id => Assert.Equal(1, provider.Done(id)));
        Assert.Equal(begun, Begun(stopping));
        // No attempt was lost: the worker that began an attempt also ended it.
        var streams = WrittenEvent.All(servers.Log).Where(e => e.IsOfActivity).GroupBy(e => e.ActivityId).ToDictionary(g => g.Key);
        Assert.All(begun, id => Assert.Single(streams[id], e => e.Type == "activity-started"));
    }

    [Fact]
    public async Task A_stopping_connections_worker_releases_its_leases_and_another_continues()
    {
        servers = await Servers.Share();
        await using var fleet = await HostFleet.Start(servers, apis: 1, connectionWorkers: 1, activityWorkers: 1);
        using var api = fleet.Apis()[0];
        var connections = await Connect(api);
        await Runs(api, connections[0]);
        var first = fleet.Members.Single(m => m.Host == HostFleet.ConnectionWorker).Process;
        var leases = await Until.Seen(
            () => Sql("SELECT string_agg(name, ' ' ORDER BY name) FROM leases"),
            names => new[] { "connections", "activities", "waits", "publish-activities", "waker", "jobs" }.All(names.Split(' ').Contains),
            "it has the leases");
        var owner = await Sql("SELECT DISTINCT owner FROM leases");
        await fleet.Add(HostFleet.ConnectionWorker);

        Assert.Equal(0, await first.Stop());
        // leases that are not released stay for 8 seconds more
        Assert.Equal("0", await Sql($"SELECT count(*) FROM leases WHERE owner = '{owner}'"));
        await Until.Seen(
            () => Sql("SELECT string_agg(name, ' ' ORDER BY name) FROM leases"), names => names == leases, "the other has them all", Deadline);
        Assert.Equal("1", await Sql("SELECT count(DISTINCT owner) FROM leases"));
        await Runs(api, connections[0]);
    }

    [Fact]
    public async Task Workers_stopped_while_their_broker_restarts_exit()
    {
        servers = await Servers.Start();
        await using var fleet = await HostFleet.Start(servers, apis: 0, connectionWorkers: 3, activityWorkers: 4);
        await servers.Bus.Control("stop_app");
        await Until.Holds(() => fleet.Members.All(LooksForItsBroker), "the workers reconnect to their broker", Deadline);
        await servers.Bus.Control("start_app");

        // Each worker is at another point of its reconnection.
        await Task.WhenAll(fleet.Members.Index().Select(async member =>
        {
            await Task.Delay(TimeSpan.FromSeconds(member.Index), TimeProvider.System);
            Assert.Equal(0, await member.Item.Process.Stop());
        }));
    }

    private async Task Runs(Api api, Guid connection)
    {
        var id = Guid.NewGuid();
        (await api.Post("/api/activities", Slow(connection, id))).Is(202);
        await api.Reaches(id, "succeeded", Deadline);
        Assert.Equal(1, provider.Done(id));
    }

    private static bool LooksForItsBroker(FleetHost member) => member.Process.Output.Contains("Retrying", StringComparison.Ordinal);

    /// <summary>The attempts that a worker has begun, from the log.</summary>
    private List<Guid> Begun(HostProcess worker) =>
    [
        .. from e in WrittenEvent.All(servers.Log)
        where e.Type == "activity-started"
        where ((string)JsonNode.Parse(e.Data)!["worker"]!).EndsWith($":{worker.Id}", StringComparison.Ordinal)
        orderby e.ActivityId
        select e.ActivityId
    ];

    private async Task<Guid[]> Connect(Api api)
    {
        var ids = Enumerable.Range(0, Connections).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var id in ids) (await api.Post("/api/connections", OwnedConnection.Body(id, $"Shop {id}", provider.Address, $"user-{id}"))).Is(201);
        return ids;
    }

    private static object Slow(Guid connection, Guid id) => new
    {
        id,
        connectionId = connection,
        activity = "request",
        input = new { method = "POST", path = $"/{ProviderBehaviour.Slow}/{id}" }
    };

    private async Task<string> Sql(string sql) => await servers.Sql.Sql(sql, servers.Sql.Database) ?? "";
}
