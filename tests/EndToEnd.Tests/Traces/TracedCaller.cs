using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using TestServers;

namespace EndToEnd.Tests.Traces;

/// <summary>Sends a message within its own trace, with AMQP and a header, and receives the trace of the response.</summary>
internal sealed class TracedCaller(RabbitMqServer broker) : IAsyncDisposable
{
    private const string Header = "traceparent";

    private readonly ConcurrentDictionary<Guid, string> heard = new();
    private IConnection? connection;
    private IChannel? channel;

    public async Task Listen()
    {
        connection = await new ConnectionFactory { Uri = new Uri(broker.Address), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.ExchangeDeclareAsync("activity-finished", ExchangeType.Fanout, durable: true);
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, "activity-finished", "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            var activity = JsonSerializer.Deserialize<JsonElement>(delivery.Body.Span).GetProperty("activityId").GetGuid();
            heard[activity] = delivery.BasicProperties.Headers?.TryGetValue(Header, out var value) == true
                ? Encoding.ASCII.GetString((byte[])value!)
                : "";
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
    }

    public async Task Send(string exchange, string trace, object command)
    {
        var properties = new BasicProperties { Persistent = true, Headers = new Dictionary<string, object?> { [Header] = trace } };
        await channel!.BasicPublishAsync(exchange, "", mandatory: true, properties, JsonSerializer.SerializeToUtf8Bytes(command));
    }

    /// <summary>The trace header of the activity's end.</summary>
    public async Task<string> WaitForTrace(Guid activity)
    {
        await Until.Holds(() => heard.ContainsKey(activity), "its end is received");
        return heard[activity];
    }

    public async ValueTask DisposeAsync()
    {
        if (channel is not null) await channel.DisposeAsync();
        if (connection is not null) await connection.DisposeAsync();
    }
}
