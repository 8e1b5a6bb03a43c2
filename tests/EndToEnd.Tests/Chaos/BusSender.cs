using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using RabbitMQ.Client;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>Sends commands over the bus: persistent, mandatory and confirmed.</summary>
internal sealed class BusSender(RabbitMqServer broker) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private IConnection? connection;
    private IChannel? channel;

    /// <returns>False when the broker has not confirmed the command, which then has to be repeated.</returns>
    public async Task<bool> Send(string exchange, object message)
    {
        using var late = new CancellationTokenSource(Deadline, TimeProvider.System);
        try
        {
            await Connect(late.Token);
            var properties = new BasicProperties { Persistent = true, ContentType = "application/json" };
            await channel!.BasicPublishAsync(
                exchange, "", mandatory: true, properties, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(message, Json)), late.Token)
                .AsTask().WaitAsync(Deadline);
            return true;
        }
        catch (Exception)
        {
            await DisposeAsync(); // the broker is unavailable or overloaded; the client reports that with many exception types
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        var left = connection;
        (connection, channel) = (null, null);
        if (left is null) return;
        await Task.WhenAny(left.AbortAsync(TimeSpan.FromSeconds(2)).WaitAsync(Deadline)); // the client of a killed broker may wait forever
    }

    private async Task Connect(CancellationToken ct)
    {
        if (channel is { IsOpen: true }) return;
        await DisposeAsync();
        var factory = new ConnectionFactory { Uri = new Uri(broker.Address), AutomaticRecoveryEnabled = false };
        connection = await factory.CreateConnectionAsync(ct);
        channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), ct);
    }
}
