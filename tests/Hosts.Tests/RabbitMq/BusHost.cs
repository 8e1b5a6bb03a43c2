using System.Collections.Concurrent;
using Connections.Contracts;
using Connections.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>A host with the bus, one consumer and nothing else.</summary>
internal sealed class BusHost : IAsyncDisposable
{
    public const int AtOnce = 2;
    public const string Prefix = "of-a-test-";

    private readonly IHost host;

    private BusHost(IHost host) => this.host = host;

    public required CapturedLogs Log { get; init; }

    /// <summary>The queue and exchange of this test, so that no other test sees its messages.</summary>
    public required string Queue { get; init; }

    public Handled Handled => host.Services.GetRequiredService<Handled>();

    public bool BusIsHealthy => host.Services.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy;

    public static BusHost Create(params (string Key, string Value)[] settings) => Create(TimeProvider.System, settings);

    public static BusHost Create(TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddDefaults();
        foreach (var (key, value) in settings.Prepend(("Bus:Transport", "rabbitmq"))) builder.Configuration[key] = value;
        var (logs, queue) = (new CapturedLogs(), $"{Prefix}{Guid.NewGuid():n}");
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton(clock).AddSingleton<Handled>();
        builder.Services.AddBusPart(bus => bus.AddCommandConsumer<Consumer>(queue, AtOnce));
        builder.AddBus();
        return new BusHost(builder.Build()) { Log = logs, Queue = queue };
    }

    public Task Start() => host.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private sealed class Consumer(Handled handled) : IConsumer<TestConnection>
    {
        public Task Consume(ConsumeContext<TestConnection> context)
        {
            handled.Tries.Enqueue(context.Message.CommandId);
            if (handled.Faults.TryGetValue(context.Message.CommandId, out var fault)) throw fault;
            if (handled.Broken) throw new IOException("The store is unavailable.");
            handled.Done.Enqueue(context.Message.CommandId);
            return Task.CompletedTask;
        }
    }
}

internal sealed class Handled
{
    public bool Broken { get; set; }

    /// <summary>Runs for each of these commands.</summary>
    public ConcurrentDictionary<Guid, Exception> Faults { get; } = new();

    public ConcurrentQueue<Guid> Tries { get; } = new();

    public ConcurrentQueue<Guid> Done { get; } = new();
}
