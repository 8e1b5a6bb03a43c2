using System.Text;
using System.Text.Json;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;
using RabbitMQ.Client;
using TestServers;

namespace EndToEnd.Tests.Commands;

/// <summary>Failed messages are listed without their bodies, and moved back without loss.</summary>
[Collection(WorkingHosts.Name)]
public sealed class ErrorQueueTests(WorkingDeployment common)
{
    private const string Canary = "canary-in-a-body";

    [Fact]
    public async Task Failed_messages_are_listed_without_bodies_and_moved_back_with_their_ids()
    {
        await common.Ready;
        var servers = common.Servers;
        using var api = await common.Hosts.ApiClient(common.Hosts.ApiProcesses[0]);
        var connection = Guid.NewGuid();
        var created = OwnedConnection.Body(connection, "Error queue", common.Provider.Address, "user of the error queue");
        (await api.Post("/api/connections", created)).Is(201);
        await using var bus = await new ConnectionFactory { Uri = new Uri(servers.Bus.Address) }.CreateConnectionAsync();
        await using var channel = await bus.CreateChannelAsync(new CreateChannelOptions(true, true));

        await Send(channel, "run-activity", "unreadable", $"{{\"{Canary}\": ");
        await Until.Holds(async () => await Depth(channel) == 1, "the message is in the error queue");
        // A message that failed for a reason that no longer exists.
        var activity = Guid.NewGuid();
        var body = JsonSerializer.Serialize(new
        {
            workspace = "default",
            activityId = activity,
            connectionId = connection,
            activity = "request",
            input = new { method = "POST", path = $"/{ProviderBehaviour.Quick}/{activity}" }
        });
        await Send(channel, "run-activity_error", "repairable", body);

        var list = await CommandRun.Well(servers.Settings, "error-queue", "list");
        Assert.Contains("run-activity #1 id unreadable correlation none: The message is not a JSON object", list, StringComparison.Ordinal);
        Assert.Contains("run-activity #2 id repairable", list, StringComparison.Ordinal);
        Assert.True(list.Contains("\nMessages in the error queues: 2", StringComparison.Ordinal), list);
        Assert.DoesNotContain(Canary, list, StringComparison.Ordinal);
        Assert.Equal(2u, await Until.Seen(() => Depth(channel), d => d == 2, "the listed messages are still in the error queue"));

        var retried = await CommandRun.Well(servers.Settings, "error-queue", "retry", "run-activity", "--id", "repairable");
        Assert.Contains("Messages moved back: 1", retried, StringComparison.Ordinal);
        await Until.Seen(() => api.Activity(activity), a => a.Status == 200 && a["status"].GetString() == "succeeded", "it has run");
        Assert.Equal(1u, await Until.Seen(() => Depth(channel), d => d == 1, "the other message is still in the error queue"));
        foreach (var command in new[] { "retry", "drop" })
        {
            string[] words = ["error-queue", command, "run-activity", "--id", "repairable"];
            var (code, output) = await CommandRun.By("Connections.Api", servers.Settings, words);
            Assert.Equal(1, code);
            Assert.Contains("No message in the error queue of run-activity has the id repairable.", output, StringComparison.Ordinal);
        }

        var moved = await CommandRun.Well(servers.Settings, "error-queue", "retry", "run-activity");
        Assert.Contains("Messages moved back: 1", moved, StringComparison.Ordinal);
        await Until.Holds(async () => await Depth(channel) == 1, "the message returns, because it is still unreadable");
        var found = (await channel.BasicGetAsync("run-activity_error", autoAck: true))!;
        Assert.Equal("unreadable", found.BasicProperties.MessageId);
        Assert.Equal($"{{\"{Canary}\": ", Encoding.UTF8.GetString(found.Body.Span));

        await Send(channel, "run-activity_error", "first", "{}");
        await Send(channel, "run-activity_error", "second", "{}");
        var two = await CommandRun.Well(servers.Settings, "error-queue", "list");
        Assert.Contains("run-activity #2 id second", two, StringComparison.Ordinal);
        await CommandRun.Well(servers.Settings, "error-queue", "drop", "run-activity", "--position", "2");
        await Until.Holds(async () => await Depth(channel) == 1, "one is left");
        await CommandRun.Well(servers.Settings, "error-queue", "drop", "run-activity", "--all");
        Assert.Equal(0u, await Depth(channel));
    }

    [Fact]
    public async Task A_message_whose_queue_is_missing_stays_in_the_error_queue()
    {
        await using var servers = await Servers.Share();
        await using var bus = await new ConnectionFactory { Uri = new Uri(servers.Bus.Address) }.CreateConnectionAsync();
        await using var channel = await bus.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync("run-activity_error", durable: true, exclusive: false, autoDelete: false);
        for (var i = 0; i < 5; i++) await Send(channel, "run-activity_error", $"message-{i}", "{}");

        var (code, output) = await CommandRun.By("Connections.Api", servers.Settings, "error-queue", "retry", "run-activity");

        Assert.Equal(1, code);
        Assert.Contains("0 moved back, then the broker rejected a message", output, StringComparison.Ordinal);
        Assert.Equal(5u, await Until.Seen(() => Depth(channel), d => d == 5, "all messages are still in the error queue"));
    }

    private static async Task<uint> Depth(IChannel channel) => (await channel.QueueDeclarePassiveAsync("run-activity_error")).MessageCount;

    private static async Task Send(IChannel channel, string queue, string id, string body) => await channel.BasicPublishAsync(
        "",
        queue,
        mandatory: true,
        new BasicProperties { Persistent = true, ContentType = "application/json", MessageId = id },
        Encoding.UTF8.GetBytes(body));
}
