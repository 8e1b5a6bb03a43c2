using Connections.Contracts;
using Connections.Hosting;
using Connections.Hosting.RabbitMq;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>Measures only the two messages of an activity through MassTransit and a broker.</summary>
internal static class MessageFloor
{
    private const int Prefetch = 64;

    /// <param name="measure">Measures one exchange of the two messages.</param>
    public static async Task<T> Measure<T>(string broker, Func<Func<int, Task>, Task<T>> measure)
    {
        using var host = Build(broker);
        await host.StartAsync();
        var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri("exchange:floor-command"));
        var measured = await measure(async _ =>
        {
            var id = Guid.NewGuid();
            var answered = EchoListener.Expect(id);
            await endpoint.Send(new RunActivity("default", id, id, null, "do", ActivityFlow.Input));
            await answered;
        });
        await host.StopAsync();
        return measured;
    }

    private static IHost Build(string broker)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<MassTransitHostOptions>(bus => bus.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<Echo>().Endpoint(e => (e.Name, e.ConfigureConsumeTopology) = ("floor-command", false));
            bus.AddConsumer<EchoListener>().Endpoint(e => e.Name = "floor-answer");
            bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
            {
                var queue = (IRabbitMqReceiveEndpointConfigurator)endpoint;
                queue.SetQuorumQueue();
                queue.PrefetchCount = Prefetch;
                Deliveries.UseOneReader(queue);
            });
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(broker), host => host.PublisherConfirmation = true);
                rabbit.Publish<Published>(type => type.Exclude = true);
                rabbit.ClearSerialization();
                rabbit.AddSerializer(new PlainJsonSerializer());
                rabbit.AddDeserializer(new PlainJsonSerializer(), isDefault: true);
                rabbit.ConfigureEndpoints(context);
            });
        });
        return builder.Build();
    }

    private sealed class Echo : IConsumer<RunActivity>
    {
        public Task Consume(ConsumeContext<RunActivity> context)
        {
            var m = context.Message;
            return context.PublishEvent(new ActivityFinished(m.ActivityId, m.Activity, "succeeded", m.Input, null, 1, null)
            {
                EventId = m.ActivityId,
                Workspace = m.Workspace,
                ConnectionId = m.ConnectionId,
                Connector = Nothing.Id,
                Version = 2,
                At = TimeProvider.System.GetUtcNow(),
                CorrelationId = $"{m.ActivityId}"
            }, context.CancellationToken);
        }
    }

    private sealed class EchoListener : IConsumer<ActivityFinished>
    {
        private static readonly BenchResponses Responses = new();

        public static Task Expect(Guid id) => Responses.Expect(id);

        public Task Consume(ConsumeContext<ActivityFinished> context)
        {
            Responses.Complete(context.Message.ActivityId);
            return Task.CompletedTask;
        }
    }
}
