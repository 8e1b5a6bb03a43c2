using System.Text;
using System.Text.Json;
using Connections.Contracts;
using Hosts.Tests.Harness;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Subscribes to everything that the service publishes, with AMQP and the names of the exchanges only.</summary>
public sealed class RabbitMqListener : IAsyncDisposable
{
    public static readonly IReadOnlyDictionary<string, Type> Exchanges = new Dictionary<string, Type>
    {
        ["activity-finished"] = typeof(ActivityFinished),
        ["activity-waiting"] = typeof(ActivityWaiting),
        ["connection-created"] = typeof(ConnectionCreated),
        ["connection-renamed"] = typeof(ConnectionRenamed),
        ["connection-reconnected"] = typeof(ConnectionReconnected),
        ["connection-deleted"] = typeof(ConnectionDeleted),
        ["connection-tested"] = typeof(ConnectionTested),
        ["connection-expiring"] = typeof(ConnectionExpiring),
        ["connection-reauth-required"] = typeof(ConnectionReauthRequired),
        ["command-refused"] = typeof(CommandRefused)
    };

    public static readonly IReadOnlyList<string> Queues =
    [
        "run-activity", "cancel-activity", "create-connection", "reconnect-connection", "test-connection", "rename-connection",
        "delete-connection", "require-reauth", "run-attempt", "check-connection", "renew-grant"
    ];

    private const string Queue = "all-that-is-told";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly RabbitMqServer broker;
    private IConnection connection = null!;
    private IChannel channel = null!;
    private PublishedMessages heard = null!;

    private RabbitMqListener(RabbitMqServer broker) => this.broker = broker;

    /// <summary>Deletes what other tests left on the broker.</summary>
    public static async Task<RabbitMqListener> Begin(RabbitMqServer broker)
    {
        var listener = new RabbitMqListener(broker);
        await listener.Connect();
        foreach (var queue in Queues)
        {
            await listener.channel.QueueDeleteAsync(queue);
            await listener.channel.QueueDeleteAsync($"{queue}_error");
        }

        await listener.channel.QueueDeleteAsync(Queue);
        await listener.channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var exchange in Exchanges.Keys)
        {
            await listener.channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await listener.channel.QueueBindAsync(Queue, exchange, "");
        }

        return listener;
    }

    public async Task Hear(PublishedMessages all)
    {
        heard = all;
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            Note(delivery);
            await channel.BasicAckAsync(delivery.DeliveryTag, false);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
    }

    /// <summary>Reconnects after the broker is available again.</summary>
    public async Task HearAgain()
    {
        await connection.DisposeAsync();
        await Connect();
        await Hear(heard);
    }

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();

    private async Task Connect()
    {
        var factory = new ConnectionFactory { Uri = new Uri(broker.Address), AutomaticRecoveryEnabled = false };
        connection = await factory.CreateConnectionAsync();
        channel = await connection.CreateChannelAsync();
    }

    private void Note(BasicDeliverEventArgs delivery)
    {
        var properties = delivery.BasicProperties;
        var body = Encoding.UTF8.GetString(delivery.Body.Span);
        heard.OnTheWire.Enqueue(new WireMessage(
            delivery.Exchange, body, properties.ContentType, properties.MessageId, properties.Persistent, [.. properties.Headers?.Keys ?? []]));
        heard.All.Enqueue(new ReceivedMessage(
            JsonSerializer.Deserialize(body, Exchanges[delivery.Exchange], Json)!,
            Guid.TryParse(properties.MessageId, out var id) ? id : null));
    }
}
