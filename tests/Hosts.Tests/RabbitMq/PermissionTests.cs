using System.Text;
using System.Text.Json;
using Connections.Hosting;
using Connections.Hosting.RabbitMq;
using Hosts.Tests.Harness;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>The users of docs/messages.md, each with exactly the permissions documented there.</summary>
[Collection(BrokerFixture.Name)]
public sealed class PermissionTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private const ushort AccessRefused = 403;

    [Fact]
    public async Task A_workflow_engine_can_run_activities_and_receive_their_messages_only()
    {
        await using var flow = await Enter("flow");
        await using var channel = await Channel(flow);
        await Hear(channel, "flow-answers", "activity-finished", "activity-waiting", "command-refused");
        var activity = Workers.Activity(await Workers.Connect("one"), "hello");
        await Send(channel, "run-activity", activity);
        var answer = await Until.Seen(() => channel.BasicGetAsync("flow-answers", autoAck: true), m => m is not null, "the response arrives");
        Assert.Contains($"{activity.ActivityId}", Encoding.UTF8.GetString(answer!.Body.Span), StringComparison.Ordinal);
        await Send(channel, "cancel-activity", new { workspace = "default", activityId = activity.ActivityId });

        foreach (var queue in RabbitMqListener.Queues.SelectMany(q => new[] { q, $"{q}_error" }))
            await IsRefused(flow, c => c.BasicConsumeAsync(queue, autoAck: false, new AsyncDefaultBasicConsumer(c)));
        foreach (var exchange in RabbitMqListener.Queues.Except(["run-activity", "cancel-activity"]).Append("activity-finished"))
            await IsRefused(flow, c => Send(c, exchange, new { }));
        foreach (var exchange in RabbitMqListener.Exchanges.Keys.Where(e => e.StartsWith("connection-", StringComparison.Ordinal)))
            await IsRefused(flow, c => c.QueueBindAsync("flow-answers", exchange, ""));
        await IsRefused(flow, c => c.QueueDeleteAsync("run-activity"));
        await IsRefused(flow, c => c.QueueDeclareAsync("another", durable: true, exclusive: false, autoDelete: false));
    }

    [Fact]
    public async Task An_admin_tool_can_change_connections_and_receive_their_messages_only()
    {
        var connection = await Workers.Connect("one");
        await using var admin = await Enter("admin");
        await using var channel = await Channel(admin);
        await Hear(channel, "admin-answers", [.. RabbitMqListener.Exchanges.Keys.Where(e => !e.StartsWith("activity-", StringComparison.Ordinal))]);
        foreach (var name in new[] { "create", "reconnect", "rename", "delete" }) await Send(channel, $"{name}-connection", new { });
        await Send(channel, "test-connection", new { workspace = "default", commandId = Guid.NewGuid(), connectionId = connection });
        await Until.Seen(
            () => channel.BasicGetAsync("admin-answers", autoAck: true), m => m?.Exchange == "connection-tested", "the test is answered");

        foreach (var exchange in new[] { "run-activity", "cancel-activity", "require-reauth", "run-attempt", "check-connection" })
            await IsRefused(admin, c => Send(c, exchange, new { }));
        await IsRefused(admin, c => c.QueueBindAsync("admin-answers", "activity-finished", ""));
        await IsRefused(admin, c => c.BasicConsumeAsync("test-connection", autoAck: false, new AsyncDefaultBasicConsumer(c)));
    }

    [Fact]
    public async Task An_external_worker_can_report_rejected_credentials_only()
    {
        var connection = await Workers.Connect("one");
        await using var worker = await Enter("worker");
        await using var channel = await Channel(worker);
        await Hear(channel, "worker-answers", "connection-reauth-required");
        await Send(channel, "require-reauth", new { workspace = "default", connectionId = connection, credentialVersion = 1 });
        var message = await Until.Seen(() => channel.BasicGetAsync("worker-answers", autoAck: true), m => m is not null, "the message arrives");
        Assert.Contains("\"reason\":\"", Encoding.UTF8.GetString(message!.Body.Span), StringComparison.Ordinal);

        foreach (var exchange in RabbitMqListener.Queues.Except(["require-reauth"])) await IsRefused(worker, c => Send(c, exchange, new { }));
        await IsRefused(worker, c => c.BasicConsumeAsync("require-reauth", autoAck: false, new AsyncDefaultBasicConsumer(c)));
    }

    [Fact]
    public async Task The_service_starts_and_works_with_its_documented_permissions()
    {
        await using var host = BusHost.Create(("Bus:Connection", await User("service", BrokerUsers.Documented("the service"))));
        await host.Start();
        var id = Guid.NewGuid();
        await using var client = await AmqpClient.To(Broker);
        await Until.Holds(async () => (await Broker.Control("list_queues", "name", "consumers")).Contains($"{host.Queue}\t1"), "the host handles commands");
        await client.Send(host.Queue, new { workspace = "default", commandId = id, connectionId = id });
        await Until.Holds(() => host.Handled.Done.Contains(id), "the command is handled");
    }

    [Fact]
    public async Task A_message_with_a_user_id_gets_into_the_error_queue_and_back()
    {
        await using var flow = await Enter("flow");
        await using var channel = await Channel(flow);
        var signed = new BasicProperties { Persistent = true, UserId = "flow" };
        await channel.BasicPublishAsync("run-activity", "", mandatory: true, signed, "no json"u8.ToArray());
        await using var client = await AmqpClient.To(Broker);
        await Until.Holds(async () => await client.Depth("run-activity_error") == 1, "the message is in the error queue");
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Bus:Connection", Broker.Address)]).Build();
        Assert.Equal(1, await new ErrorQueues(Connections.Hosting.RabbitMq.Broker.From(settings)).Retry("run-activity", null, CancellationToken.None));
        Assert.Equal("no json", (await client.Fault("run-activity")).Body);
        Assert.Equal("succeeded", (await Workers.Finished(await Workers.Send(Workers.Activity(await Workers.Connect("one"))))).Outcome);
    }

    [Theory]
    [InlineData("", ".*", ".*")]
    [InlineData(".*", "", ".*")]
    [InlineData(".*", ".*", "")]
    public async Task A_service_without_a_permission_does_not_start_and_reports_which_to_grant(string configure, string write, string read)
    {
        var address = await User("service", [configure, write, read]);
        await using var host = BusHost.Create(("Bus:Connection", address));
        var refused = await Assert.ThrowsAsync<HostSettingsException>(host.Start);
        Assert.Contains("rabbitmqctl set_permissions -p / service", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ACCESS_REFUSED", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(new Uri(address).UserInfo.Split(':')[1], refused + host.Log.Text, StringComparison.Ordinal);
    }

    private static async Task<IChannel> Channel(IConnection connection) => await connection.CreateChannelAsync(new CreateChannelOptions(true, true));

    private static async Task Send(IChannel channel, string exchange, object command) => await channel.BasicPublishAsync(
        exchange, "", mandatory: true, new BasicProperties { Persistent = true }, JsonSerializer.SerializeToUtf8Bytes(command, JsonSerializerOptions.Web));

    private static async Task Hear(IChannel channel, string queue, params string[] exchanges)
    {
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var exchange in exchanges) await channel.QueueBindAsync(queue, exchange, "");
    }

    private static async Task IsRefused(IConnection connection, Func<IChannel, Task> act)
    {
        await using var channel = await Channel(connection);
        await Assert.ThrowsAnyAsync<RabbitMQClientException>(() => act(channel));
        Assert.Equal(AccessRefused, channel.CloseReason?.ReplyCode);
    }

    private async Task<IConnection> Enter(string kind)
    {
        var what = kind switch
        {
            "flow" => "a workflow engine `flow`",
            "admin" => "an admin tool `admin`",
            _ => "a worker `worker`"
        };
        return await new ConnectionFactory { Uri = new Uri(await User(kind, BrokerUsers.Documented(what))) }.CreateConnectionAsync();
    }

    private Task<string> User(string name, string[] rights) => BrokerUsers.Add(Broker, name, rights);
}
