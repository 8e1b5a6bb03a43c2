using Connections.Contracts;
using Connections.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>
/// Hosts that start at the same time without existing queues. A host that consumes from a quorum queue while another declares it loses its
/// connection during its own declarations.
/// </summary>
[Collection(BrokerFixture.Starts)]
public sealed class StartTogetherTests(BrokerFixture broker)
{
    private const int Hosts = 4;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    public async Task All_hosts_finally_consume_from_all_their_queues(string virtualHost)
    {
        var server = broker.Server;
        await server.Control("add_vhost", virtualHost);
        await server.Control("set_permissions", "-p", virtualHost, RabbitMqServer.User, ".*", ".*", ".*");
        var hosts = Enumerable.Range(0, Hosts).Select(_ => CreateHost($"{server.Address}{virtualHost}")).ToArray();
        try
        {
            await Task.WhenAll(hosts.Select(host => Task.Run(() => host.StartAsync())));
            await Until.Holds(() => hosts.All(Listens), "every host consumes from all its queues", Deadline);
        }
        finally
        {
            await Task.WhenAll(hosts.Select(host => host.StopAsync()));
            foreach (var host in hosts) host.Dispose();
            await server.Control("delete_vhost", virtualHost);
        }
    }

    private static bool Listens(IHost host) => host.Services.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy;

    private static IHost CreateHost(string address)
    {
        var builder = Host.CreateApplicationBuilder();
        (builder.Configuration["Bus:Transport"], builder.Configuration["Bus:Connection"]) = ("rabbitmq", address);
        builder.Logging.ClearProviders();
        builder.Services.AddBusPart(bus =>
        {
            bus.AddCommandConsumer<Idle<byte>>("queue-1", 1);
            bus.AddCommandConsumer<Idle<short>>("queue-2", 1);
            bus.AddCommandConsumer<Idle<int>>("queue-3", 1);
            bus.AddCommandConsumer<Idle<long>>("queue-4", 1);
            bus.AddCommandConsumer<Idle<float>>("queue-5", 1);
            bus.AddCommandConsumer<Idle<double>>("queue-6", 1);
            bus.AddCommandConsumer<Idle<char>>("queue-7", 1);
            bus.AddCommandConsumer<Idle<string>>("queue-8", 1);
        });
        builder.AddBus();
        return builder.Build();
    }

    /// <typeparam name="TQueue">One consumer for each queue.</typeparam>
    private sealed class Idle<TQueue> : IConsumer<TestConnection>
    {
        public Task Consume(ConsumeContext<TestConnection> context) => Task.CompletedTask;
    }
}
