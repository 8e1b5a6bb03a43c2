using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Declares a queue's error queue before the queue itself, one after the other. MassTransit would declare both at once over one channel.
/// When the connection is lost during that, RabbitMQ.Client 7.2 never completes the second declaration, and the host never consumes.
/// </summary>
internal sealed class ErrorQueueSetup(string queue) : IFilter<ChannelContext>
{
    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var (name, ct) = (ErrorQueue.NameFor(queue), context.CancellationToken);
        // Listing the messages counts as a delivery, and RabbitMQ 4 drops a message after 20 deliveries by default.
        var arguments = new Dictionary<string, object> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = int.MaxValue };
        await context.ExchangeDeclare(name, ExchangeType.Fanout, durable: true, autoDelete: false, new Dictionary<string, object>(), ct);
        // Keep an existing queue: another version or an operator may have declared it with other arguments.
        if (await ErrorQueues.Inspect(context.ConnectionContext.Connection, name, ct) is null)
            await context.QueueDeclare(name, durable: true, exclusive: false, autoDelete: false, arguments, ct);
        await context.QueueBind(name, name, "", new Dictionary<string, object>(), ct);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("errorQueueSetup");
}
