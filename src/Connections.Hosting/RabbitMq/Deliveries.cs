using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Has each message of a queue handled as it comes. For so many as may be handled at a time, RabbitMQ.Client 7.2 keeps readers of its own, and
/// each message wakes all of them that have nothing to do: with some hundred, a tenth of what an activity costs. Here one reader hands
/// the messages on, and the queue's prefetch alone says how many are handled at a time.
/// </summary>
public sealed class Deliveries : IFilter<ChannelContext>
{
    public static void AsTheyCome(IRabbitMqReceiveEndpointConfigurator queue)
    {
        queue.ConcurrentMessageLimit = 1; // MassTransit makes as many readers
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
            var kept = body.ToArray(); // the client uses its own again once this returns
            ThreadPool.UnsafeQueueUserWorkItem(
                _ => inner.HandleBasicDeliverAsync(
                    consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, kept, cancellationToken),
                state: 0,
                preferLocal: false); // the first to come is the first to go
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
