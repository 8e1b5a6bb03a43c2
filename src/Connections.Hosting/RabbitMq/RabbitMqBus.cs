using Connections.Contracts;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting.RabbitMq;

/// <summary>The bus on RabbitMQ: quorum queues that drop nothing, plain JSON, each message confirmed by the broker before it counts as sent.</summary>
internal static class RabbitMqBus
{
    // deliveries that ended with a lost connection; a message that takes its worker down with it each time must end somewhere
    private const int DeliveryLimit = 100;

    public static void Use(IBusRegistrationConfigurator bus, IConfiguration configuration)
    {
        var broker = Broker.From(configuration);
        bus.AddSingleton(broker);
        bus.AddSingleton<ErrorQueues>();
        bus.AddHostedService<BrokerCheck>();
        // take nothing more, let end what runs, cancel the rest; what was not done goes back
        bus.AddOptions<MassTransitHostOptions>().Configure(options => options.ConsumerStopTimeout = Bus.StopTime);
        bus.AddConfigureEndpointsCallback((context, name, endpoint) => Queue(context, name, (IRabbitMqReceiveEndpointConfigurator)endpoint));
        bus.UsingRabbitMq((context, rabbit) =>
        {
            rabbit.Host(broker.Host, broker.Port, broker.VirtualHost, broker.Configure);
            rabbit.MessageTopology.SetEntityNameFormatter(new KebabCaseNames());
            rabbit.Publish<Published>(type => type.Exclude = true); // each message has its own exchange, and no other
            rabbit.ClearSerialization();
            rabbit.AddSerializer(new PlainJsonSerializer());
            rabbit.AddDeserializer(new PlainJsonSerializer(), isDefault: true);
            rabbit.ConfigurePublish(publish => publish.UseExecute(message =>
            {
                message.Mandatory = IsForOurselves(message);
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
        queue.SetQueueArgument("x-overflow", "reject-publish"); // without it the strategy above is silently another
        queue.DeadLetterExchange = ErrorQueue.NameFor(name);
        queue.ConfigureChannel(channel => channel.UseFilter(new ErrorQueueSetup(name)));
        Deliveries.AsTheyCome(queue);
        queue.ThrowOnSkippedMessages();
        queue.ConfigureError(pipe => pipe.UseFilter(new ErrorQueue(
            name, context.GetRequiredService<TimeProvider>(), context.GetRequiredService<ILogger<ErrorQueue>>())));
    }

    // one of ours that finds no queue was not sent; of what happened nobody need want to hear
    private static bool IsForOurselves(PublishContext message) =>
        CommandQueues.IsInternal(message.DestinationAddress?.AbsolutePath.Split('/')[^1]);
}
