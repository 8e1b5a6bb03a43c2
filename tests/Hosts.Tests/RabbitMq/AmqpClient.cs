using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>A client that uses AMQP only: messages are persistent, mandatory and confirmed.</summary>
internal sealed class AmqpClient : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly IConnection connection;
    private readonly IChannel channel;

    private AmqpClient(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    public static async Task<AmqpClient> To(RabbitMqServer broker)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(broker.Address), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        return new AmqpClient(connection, await connection.CreateChannelAsync(new CreateChannelOptions(true, true)));
    }

    /// <summary>Returns once the broker has the message on disk and in a queue.</summary>
    /// <exception cref="IOException">The broker did not confirm in time: the client of a killed broker may wait forever.</exception>
    public Task Send(string exchange, string body, BasicProperties? properties = null) => Send(exchange, Encoding.UTF8.GetBytes(body), properties);

    /// <inheritdoc cref="Send(string, string, BasicProperties?)"/>
    public async Task Send(string exchange, byte[] body, BasicProperties? properties = null)
    {
        properties ??= new BasicProperties();
        properties.Persistent = true;
        using var late = new CancellationTokenSource(Deadline, TimeProvider.System);
        try
        {
            await channel.BasicPublishAsync(exchange, "", mandatory: true, properties, body, late.Token);
        }
        catch (OperationCanceledException)
        {
            throw new IOException($"The broker has not confirmed within {Deadline}.");
        }
    }

    public Task Send(string exchange, object body) => Send(exchange, JsonSerializer.Serialize(body, JsonSerializerOptions.Web));

    /// <summary>Sends an empty object to a queue itself, with this message id or none.</summary>
    public async Task SendTo(string queue, string? id) => await channel.BasicPublishAsync(
        "", queue, mandatory: true, id is null ? new BasicProperties { Persistent = true } : new BasicProperties { Persistent = true, MessageId = id }, "{}"u8.ToArray());

    public Task Make(string queue, Dictionary<string, object?> arguments) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);

    /// <summary>Waits for the first message of an error queue, and returns its body and reason.</summary>
    public async Task<(string Body, string Reason)> Fault(string queue)
    {
        var message = await Until.Seen(
            async () => await channel.BasicGetAsync($"{queue}_error", autoAck: true), found => found is not null, $"{queue} has an error");
        var reason = message!.BasicProperties.Headers!["reason"];
        return (Encoding.UTF8.GetString(message.Body.Span), Encoding.UTF8.GetString((byte[])reason!));
    }

    /// <summary>Takes all messages out of an error queue, and returns their ids and reasons.</summary>
    public async Task<IReadOnlyList<(string? Id, string Reason)>> Faults(string queue)
    {
        var all = new List<(string?, string)>();
        while (await channel.BasicGetAsync($"{queue}_error", autoAck: true) is { } message)
            all.Add((message.BasicProperties.MessageId, Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers!["reason"]!)));
        return all;
    }

    public async Task<uint> Depth(string queue) => (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
