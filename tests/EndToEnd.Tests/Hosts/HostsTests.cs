using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>Connections.Api, Connections.Worker and Activities.Worker as processes, on servers that are stopped and restarted.</summary>
[Collection(Alone.Name)]
public sealed class HostsTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(180);

    private Servers servers = null!;
    private FakeProvider provider = null!;

    public async ValueTask InitializeAsync() => provider = await FakeProvider.Start();

    public async ValueTask DisposeAsync()
    {
        if (provider is not null) await provider.DisposeAsync();
        if (servers is not null) await servers.DisposeAsync();
    }

    [Theory]
    [InlineData("the log")]
    [InlineData("PostgreSQL")]
    [InlineData("RabbitMQ")]
    public async Task Every_accepted_activity_ends_although_a_server_is_killed_and_restarted_under_load(string which)
    {
        servers = await Servers.Start();
        await using var hosts = await Deployment.Start(servers.Settings, 1, 1, 1);
        using var api = await hosts.ApiClient(hosts.ApiProcesses[0]);
        await hosts.Listen();
        await servers.Bus.Settle(); // a queue declared just before a kill may reject all messages afterwards
        var connection = Guid.NewGuid();
        await Until.Holds(
            async () => (await api.Post("/api/connections", OwnedConnection.Body(connection, "Shop", provider.Address, "user"))).Status == 201,
            "it is connected");
        var accepted = new List<Guid>();
        for (var round = 0; round < 2; round++)
        {
            accepted.AddRange(await Taken(api, connection, 20));
            var meanwhile = Taken(api, connection, 10, ProviderBehaviour.Slow);
            await Until.Holds(() => provider.Known > accepted.Count, "some are running");
            await Stop(which);
            var without = Taken(api, connection, 5);
            await Restart(which);
            accepted.AddRange([.. await meanwhile, .. await without]);
        }

        try
        {
            foreach (var activity in accepted)
            {
                await api.Reaches(activity, "succeeded", Long);
                Assert.Equal(1, provider.Done(activity));
            }
        }
        catch (Exception e)
        {
            var queues = await servers.Bus.Control("list_queues", "name", "messages_ready", "messages_unacknowledged", "consumers");
            var consumers = await servers.Bus.Control("list_consumers");
            throw new InvalidOperationException($"{e.Message}\nThe broker's queues:\n{queues}\n{consumers}\nOutput of the hosts:\n{hosts.Output}", e);
        }
    }

    private static object Post(Guid connection, Guid id, ProviderBehaviour manner = ProviderBehaviour.Quick) => new
    {
        id,
        connectionId = connection,
        activity = "request",
        input = new { method = "POST", path = $"/{manner}/{id}" }
    };

    // Sends the same request again until it gets a definite response.
    private static async Task<Guid[]> Taken(Api api, Guid connection, int many, ProviderBehaviour manner = ProviderBehaviour.Quick)
    {
        var all = Enumerable.Range(0, many).Select(_ => Guid.NewGuid()).ToArray();
        await Task.WhenAll(all.Select(activity => Until.Holds(
            async () =>
            {
                var answer = await api.Post("/api/activities", Post(connection, activity, manner));
                if (answer.Status != 503) answer.Is(202);
                return answer.Status == 202;
            },
            "an activity is taken",
            Long)));
        return all;
    }

    private Task Stop(string server) => server switch
    {
        "the log" => servers.Log.Stop(),
        "PostgreSQL" => servers.Sql.Stop(),
        _ => servers.Bus.Stop()
    };

    private Task Restart(string server) => server switch
    {
        "the log" => servers.Log.Start(),
        "PostgreSQL" => servers.Sql.Start(),
        _ => servers.Bus.Start()
    };
}
