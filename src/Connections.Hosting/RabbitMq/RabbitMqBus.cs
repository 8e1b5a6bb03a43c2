using Connections.Contracts;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Configures the bus on RabbitMQ: quorum queues that drop nothing, plain JSON, and publisher confirms for every message.
/// </summary>
internal static class RabbitMqBus
{
    // Counts deliveries that ended with a lost connection. A message that crashes its worker each time must not be redelivered forever.
    private const int DeliveryLimit = 100;

    public static void Use(IBusRegistrationConfigurator bus, IConfiguration configuration)
    {
        var broker = Broker.From(configuration);
        bus.AddSingleton(broker);
        bus.AddSingleton<ErrorQueues>();
        bus.AddSingleton<BrokerCheck>();
        bus.AddHostedService(services => services.GetRequiredService<BrokerCheck>());
        bus.AddHostedService<BusWatch>();
        // On stop: fetch no more messages, let running work finish, then cancel it. Unfinished messages return to their queue.
        bus.AddOptions<MassTransitHostOptions>().Configure(options => options.ConsumerStopTimeout = Bus.StopTime);
        bus.AddConfigureEndpointsCallback((context, name, endpoint) => Queue(context, name, (IRabbitMqReceiveEndpointConfigurator)endpoint));
        bus.UsingRabbitMq((context, rabbit) =>
        {
            rabbit.Host(broker.Host, broker.Port, broker.VirtualHost, broker.Configure);
            rabbit.MessageTopology.SetEntityNameFormatter(new KebabCaseNames());
            rabbit.Publish<Published>(type => type.Exclude = true); // messages get no exchange for their base type
            rabbit.ClearSerialization();
            rabbit.AddSerializer(new PlainJsonSerializer());
            rabbit.AddDeserializer(new PlainJsonSerializer(), isDefault: true);
            rabbit.ConfigurePublish(publish => publish.UseExecute(message =>
            {
                message.Mandatory = IsInternal(message);
                TraceHeader.Put(message);
            }));
            rabbit.ConfigureEndpoints(context);
        });
    }

    private static void Queue(IRegistrationContext context, string name, IRabbitMqReceiveEndpointConfigurator queue)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        queue.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        queue.SetQueueArgument("x-overflow", "reject-publish"); // without this, the broker silently ignores the strategy above
        queue.DeadLetterExchange = ErrorQueue.NameFor(name);
        queue.ConfigureChannel(channel => channel.UseFilter(new ErrorQueueSetup(name)));
        Deliveries.UseOneReader(queue);
        queue.ThrowOnSkippedMessages();
        queue.ConfigureError(pipe => pipe.UseFilter(new ErrorQueue(
            name, context.GetRequiredService<TimeProvider>(), context.GetRequiredService<ILogger<ErrorQueue>>())));
    }

    // An internal command without a queue was not sent. A published event needs no subscriber.
    private static bool IsInternal(PublishContext message) =>
        CommandQueues.IsInternal(message.DestinationAddress?.AbsolutePath.Split('/')[^1]);
}
