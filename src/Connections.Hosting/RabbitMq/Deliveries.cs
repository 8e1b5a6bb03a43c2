using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Dispatches the messages of a queue through one reader. RabbitMQ.Client 7.2 keeps one reader per concurrent message, and each message
/// wakes all idle readers: with some hundred readers, this is a tenth of the cost of an activity. With one reader, only the prefetch of the
/// queue limits how many messages are handled at a time.
/// </summary>
public sealed class Deliveries : IFilter<ChannelContext>
{
    public static void UseOneReader(IRabbitMqReceiveEndpointConfigurator queue)
    {
        queue.ConcurrentMessageLimit = 1; // MassTransit creates this many readers
        queue.ConfigureChannel(channel => channel.UseFilter(new Deliveries()));
    }

    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        using var own = new Channel(context);
        await next.Send(own);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deliveries");

    private sealed class Channel(ChannelContext context) : ScopeChannelContext(context, CancellationToken.None), ChannelContext
    {
        Task<string> ChannelContext.BasicConsume(
            string queue,
            bool noAck,
            bool exclusive,
            IDictionary<string, object> arguments,
            IAsyncBasicConsumer consumer,
            string consumerTag,
            CancellationToken cancellationToken) =>
            BasicConsume(queue, noAck, exclusive, arguments, new Consumer(consumer), consumerTag, cancellationToken);
    }

    private sealed class Consumer(IAsyncBasicConsumer inner) : IAsyncBasicConsumer
    {
        public IChannel? Channel => inner.Channel;

        public Task HandleBasicDeliverAsync(
            string consumerTag,
            ulong deliveryTag,
            bool redelivered,
            string exchange,
            string routingKey,
            IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body,
            CancellationToken cancellationToken = default)
        {
            var copy = body.ToArray(); // the client reuses its buffer once this method returns
            ThreadPool.UnsafeQueueUserWorkItem(
                _ => inner.HandleBasicDeliverAsync(
                    consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, copy, cancellationToken),
                state: 0,
                preferLocal: false); // the global queue is first in, first out
            return Task.CompletedTask;
        }

        public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) =>
            inner.HandleBasicConsumeOkAsync(consumerTag, cancellationToken);

        public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) =>
            inner.HandleBasicCancelAsync(consumerTag, cancellationToken);

        public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) =>
            inner.HandleBasicCancelOkAsync(consumerTag, cancellationToken);

        public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => inner.HandleChannelShutdownAsync(channel, reason);
    }
}
