using Hosts.Tests.Harness;
using RabbitMQ.Client;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>A broker that has seen nothing: senders and subscribers can work as soon as one host is ready.</summary>
[Collection(BrokerFixture.Starts)]
public sealed class FreshBrokerTests(BrokerFixture broker)
{
    private static readonly string[] All = [.. RabbitMqListener.Exchanges.Keys.Concat(RabbitMqListener.Queues).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task All_exchanges_exist_once_one_host_has_started()
    {
        var (name, fresh) = await Fresh();
        await using var host = BusHost.Create(("Bus:Connection", fresh.Address));
        await host.Start();
        Assert.Equal(All, await Exchanges(broker.Server, name));
    }

    [Fact]
    public async Task All_exchanges_exist_once_a_broker_that_started_later_is_available()
    {
        Assert.SkipUnless(RabbitMqServer.Available, RabbitMqServer.NotInstalled);
        await using var server = await RabbitMqServer.Create();
        await server.Stop();
        await using var host = BusHost.Create(("Bus:Connection", server.Address));
        await host.Start();
        await server.Start();
        await Until.Holds(() => host.BusIsHealthy, "the host is ready");
        Assert.Equal(All, await Exchanges(server, "/"));
    }

    [Theory]
    [InlineData("a workflow engine `flow`", "flow", "activity-finished", "activity-waiting", "command-refused")]
    [InlineData("an admin tool `admin`", "admin", "connection-created", "connection-renamed", "connection-reconnected", "connection-deleted",
        "connection-tested", "connection-expiring", "connection-reauth-required", "command-refused")]
    [InlineData("a worker `worker`", "worker", "connection-reauth-required", "connection-renamed")]
    public async Task A_user_with_the_documented_permissions_can_subscribe_before_the_first_message(string user, string name, params string[] exchanges)
    {
        var (virtualHost, fresh) = await Fresh();
        await using var host = BusHost.Create(("Bus:Connection", fresh.Address));
        await host.Start();
        var address = await BrokerUsers.Add(broker.Server, name, BrokerUsers.Documented(user), virtualHost);
        await using var connection = await new ConnectionFactory { Uri = new Uri(address) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync($"{name}-answers", durable: true, exclusive: false, autoDelete: false);
        foreach (var exchange in exchanges) await channel.QueueBindAsync($"{name}-answers", exchange, "");
        Assert.Equal(0u, await channel.MessageCountAsync($"{name}-answers"));
    }

    [Theory]
    [InlineData("c#")]
    [InlineData("node")]
    public async Task A_sample_runs(string sample)
    {
        var (_, fresh) = await Fresh();
        await using var workers = await Workers.Start(broker: fresh, listen: false);
        await workers.Connect("Shop");
        using var running = RunningSample.Start(sample, fresh.Address, "read");
        Assert.Equal((0, "succeeded {\"value\":\"hello\"}"), (await running.Exit(), running.Output));
    }

    private async Task<(string Name, RabbitMqServer Server)> Fresh()
    {
        var name = $"fresh-{Guid.NewGuid():n}";
        return (name, await broker.Server.AddVirtualHost(name));
    }

    private static async Task<string[]> Exchanges(RabbitMqServer server, string virtualHost) =>
    [
        .. (await server.Control("list_exchanges", "-p", virtualHost, "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(name => All.Contains(name)).Order(StringComparer.Ordinal)
    ];
}
