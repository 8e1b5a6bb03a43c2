using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>Receives what is published from its own durable queue, with AMQP only, and reconnects whenever the broker restarts.</summary>
internal sealed class BusListener : IAsyncDisposable
{
    private const string Queue = "chaos";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly string[] Exchanges =
    [
        "activity-finished", "connection-created", "connection-renamed", "connection-tested", "connection-reconnected", "connection-deleted",
        "command-refused"
    ];

    private readonly RabbitMqServer broker;
    private readonly CancellationTokenSource over = new();
    private readonly TaskCompletionSource bound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task listening;

    private BusListener(RabbitMqServer broker)
    {
        this.broker = broker;
        listening = Task.Run(Listen);
    }

    /// <summary>Each <c>activity-finished</c> by message id, without duplicates.</summary>
    public ConcurrentDictionary<Guid, JsonNode> Finished { get; } = new();

    /// <summary>The exchanges of the responses to a command, by correlation id.</summary>
    public ConcurrentDictionary<string, ConcurrentBag<string>> Answers { get; } = new();

    /// <summary>The bodies.</summary>
    public ConcurrentBag<string> Refusals { get; } = [];

    /// <summary>The messages that could not be read.</summary>
    public ConcurrentBag<string> Garbled { get; } = [];

    /// <summary>Returns once the queue is bound, so that no later message is missed.</summary>
    public static async Task<BusListener> Open(RabbitMqServer broker)
    {
        var listener = new BusListener(broker);
        await listener.bound.Task.WaitAsync(Until.Limit);
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await listening;
        over.Dispose();
    }

    private async Task Listen()
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                await ListenOnce();
            }
            catch (Exception)
            {
                // The broker is unavailable. The client reports that with many exception types.
            }

            await Task.WhenAny(Task.Delay(Pause, TimeProvider.System, over.Token));
        }
    }

    // Each step has a timeout: the client of a killed broker may wait forever.
    private async Task ListenOnce()
    {
        using var late = new CancellationTokenSource(Deadline, TimeProvider.System);
        var factory = new ConnectionFactory { Uri = new Uri(broker.Address), AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync(late.Token);
        try
        {
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            connection.ConnectionShutdownAsync += (_, _) => Task.FromResult(gone.TrySetResult());
            var channel = await connection.CreateChannelAsync(cancellationToken: late.Token);
            channel.ChannelShutdownAsync += (_, _) => Task.FromResult(gone.TrySetResult());
            await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: late.Token);
            foreach (var exchange in Exchanges)
            {
                await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: late.Token);
                await channel.QueueBindAsync(Queue, exchange, "", cancellationToken: late.Token);
            }

            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                Note(delivery);
                using var soon = new CancellationTokenSource(Deadline, TimeProvider.System);
                await channel.BasicAckAsync(delivery.DeliveryTag, false, soon.Token);
            };
            await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, late.Token);
            bound.TrySetResult();
            await gone.Task.WaitAsync(over.Token);
        }
        finally
        {
            await connection.AbortAsync(TimeSpan.FromSeconds(2)).WaitAsync(Deadline);
        }
    }

    private void Note(BasicDeliverEventArgs delivery)
    {
        var text = Encoding.UTF8.GetString(delivery.Body.Span);
        try
        {
            var body = JsonNode.Parse(text)!;
            if (delivery.Exchange == "command-refused") Refusals.Add(text);
            else if (delivery.Exchange == "activity-finished") Finished[Guid.Parse(delivery.BasicProperties.MessageId!)] = body;
            else if ((string?)body["correlationId"] is { } correlation) Answers.GetOrAdd(correlation, _ => []).Add(delivery.Exchange);
        }
        catch (Exception e)
        {
            Garbled.Add($"{delivery.Exchange} {delivery.BasicProperties.MessageId}: {e.Message}");
        }
    }
}
