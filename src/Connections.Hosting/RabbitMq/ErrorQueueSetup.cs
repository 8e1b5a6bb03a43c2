using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Makes a queue's error queue before the queue itself, one step after the other. MassTransit would declare the two at once over one channel;
/// where the connection is lost then, RabbitMQ.Client 7.2 leaves the one that waits for its turn waiting for ever, and the host never listens.
/// </summary>
internal sealed class ErrorQueueSetup(string queue) : IFilter<ChannelContext>
{
    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var (name, ct) = (ErrorQueue.NameFor(queue), context.CancellationToken);
        // to look at what lies there is a delivery too, and RabbitMQ 4 drops after twenty where no limit is named
        var arguments = new Dictionary<string, object> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = int.MaxValue };
        await context.ExchangeDeclare(name, ExchangeType.Fanout, durable: true, autoDelete: false, new Dictionary<string, object>(), ct);
        // one that is there may be of another version, or with limits of its operator's: it stays as it is
        if (await ErrorQueues.Inspect(context.ConnectionContext.Connection, name, ct) is null)
            await context.QueueDeclare(name, durable: true, exclusive: false, autoDelete: false, arguments, ct);
        await context.QueueBind(name, name, "", new Dictionary<string, object>(), ct);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("errorQueueSetup");
}
