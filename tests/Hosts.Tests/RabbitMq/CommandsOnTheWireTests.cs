using System.Text.Json;
using Connections.Contracts;
using Connections.Credentials.OneTime;
using Connections.Domain;
using Hosts.Tests.Harness;
using RabbitMQ.Client;
using Contracts = Connections.Contracts;

namespace Hosts.Tests.RabbitMq;

/// <summary>Commands of a program that has only an AMQP client and docs/messages.md.</summary>
[Collection(BrokerFixture.Name)]
public sealed class CommandsOnTheWireTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private const string Workspace = Workers.Workspace;

    [Fact]
    public async Task Every_command_is_accepted_as_plain_json_without_headers()
    {
        await using var client = await AmqpClient.To(Broker);
        var (connectionId, commandId, activityId) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var create = new { Workspace, commandId, connectionId, connector = ScriptedConnector.Id, name = "one", settings = new { }, secretReference = await Left() };
        await client.Send("create-connection", create);
        await Answer<Contracts.ConnectionCreated>(m => m.ConnectionId == connectionId);
        await client.Send("run-activity", new { Workspace, activityId, connectionId, activity = "read", input = new { value = "hello" } });
        Assert.Equal("succeeded", (await Workers.Finished(activityId)).Outcome);
        await client.Send("test-connection", new { Workspace, commandId, connectionId });
        Assert.Equal("ok", (await Answer<Contracts.ConnectionTested>(m => m.ConnectionId == connectionId)).Outcome);
        await client.Send("rename-connection", new { Workspace, commandId, connectionId, name = "two" });
        Assert.Equal("two", (await Answer<Contracts.ConnectionRenamed>(m => m.ConnectionId == connectionId)).Name);
        await client.Send("require-reauth", new { Workspace, connectionId, credentialVersion = 1, reason = "revoked" });
        Assert.Equal("revoked", (await Answer<Contracts.ConnectionReauthRequired>(m => m.ConnectionId == connectionId)).Reason);
        var waiting = Guid.NewGuid();
        await client.Send("run-activity", new { Workspace, activityId = waiting, connection = new { create.connector, name = "two" }, activity = "read", input = new { } });
        await Answer<ActivityWaiting>(m => m.ActivityId == waiting);
        await client.Send("cancel-activity", new { Workspace, activityId = waiting });
        Assert.Equal("cancelled", (await Workers.Finished(waiting)).Outcome);
        await client.Send("reconnect-connection", new { Workspace, commandId = Guid.NewGuid(), connectionId, secretReference = await Left() });
        Assert.Equal(2, (await Answer<Contracts.ConnectionReconnected>(m => m.ConnectionId == connectionId)).CredentialVersion);
        await client.Send("delete-connection", new { Workspace, commandId, connectionId });
        await Answer<Contracts.ConnectionDeleted>(m => m.ConnectionId == connectionId);
    }

    [Theory]
    [InlineData("application/vnd.masstransit+json", "urn:message:Connections.Contracts:RunActivity")]
    [InlineData("application/json", "urn:message:Somebody.Elses:RunsActivity")]
    [InlineData(null, "urn:message:Connections.Contracts:RunActivity")]
    public async Task An_envelope_is_accepted_with_any_content_type(string? contentType, string type)
    {
        await using var client = await AmqpClient.To(Broker);
        var (activityId, connectionId) = (Guid.NewGuid(), await Workers.Connect("one"));
        var envelope = new
        {
            messageId = Guid.NewGuid(),
            messageType = new[] { type },
            message = new { Workspace, activityId, connectionId, activity = "read", input = new { value = "wrapped" } },
            headers = new { },
            sentTime = "2026-03-01T12:00:00Z"
        };
        var properties = contentType is null ? new BasicProperties() : new BasicProperties { ContentType = contentType };
        await client.Send("run-activity", JsonSerializer.Serialize(envelope, JsonSerializerOptions.Web), properties);
        Assert.Equal("succeeded", (await Workers.Finished(activityId)).Outcome);
        Assert.Equal(["wrapped"], Provider.Calls);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", "m-1", "c-1")]
    [InlineData("text/plain", "", "")]
    [InlineData("no content type at all", "00000000-0000-0000-0000-000000000000", "run 7")]
    public async Task Headers_of_any_type_are_ignored(string contentType, string messageId, string correlationId)
    {
        await using var client = await AmqpClient.To(Broker);
        var (activityId, connectionId) = (Guid.NewGuid(), await Workers.Connect("one"));
        var body = JsonSerializer.Serialize(new { Workspace, activityId, connectionId, activity = "read" }, JsonSerializerOptions.Web);
        var properties = new BasicProperties
        {
            ContentType = contentType,
            MessageId = messageId,
            CorrelationId = correlationId,
            Type = "run",
            AppId = "workflow",
            ReplyTo = "nowhere",
            Headers = new Dictionary<string, object?> { ["MT-MessageType"] = "urn:x", ["n"] = 1, ["MT-Fault-Address"] = "none" }
        };
        await client.Send("run-activity", body, properties);
        Assert.Equal("succeeded", (await Workers.Finished(activityId)).Outcome);
    }

    [Theory]
    [InlineData("run-activity", "no json")]
    [InlineData("run-activity", "")]
    [InlineData("run-activity", "[1]")]
    [InlineData("run-activity", "null")]
    [InlineData("run-activity", """{"workspace": "default"}""")]
    [InlineData("run-activity", """{"workspace": "default", "activityId": "7", "activity": "read"}""")]
    [InlineData("run-activity", """{"workspace": null, "activityId": "66666666-0000-0000-0000-000000000001", "activity": "read"}""")]
    [InlineData("run-activity", """{"workspace": "A:b", "activityId": "66666666-0000-0000-0000-000000000001", "activity": "read"}""")]
    [InlineData("delete-connection", """{"workspace": "default", "connectionId": "66666666-0000-0000-0000-000000000001"}""")]
    [InlineData("run-attempt", "{}}")]
    public async Task A_message_that_cannot_be_parsed_goes_to_the_error_queue_with_the_reason_and_the_next_is_handled(string command, string body)
    {
        await using var client = await AmqpClient.To(Broker);
        await client.Send(command, body);
        var fault = await client.Fault(command);
        Assert.Equal(body, fault.Body);
        Assert.Matches("JSON|Required|Must|workspace", fault.Reason);
        var next = Guid.NewGuid();
        await client.Send("run-activity", new { Workspace, activityId = next, connectionId = Guid.NewGuid(), activity = "read", input = new { } });
        Assert.Equal("notFound", (await Workers.Finished(next)).Error!.Kind);
        Assert.Equal(0u, await client.Depth(command));
        Assert.Equal(0u, await client.Depth($"{command}_error")); // it was there once
    }

    [Theory]
    [InlineData("""{"activity": "read"}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "66666666-0000-0000-0000-000000000001", "activity": "read"}""", "failed", "notFound")]
    [InlineData("""{"connectionId": "$"}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "fly", "input": {}}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "input": [1]}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "input": {}, "timeoutSeconds": 0}""", "failed", "invalidInput")]
    [InlineData("""{"connection": {}, "activity": "read", "input": {}}""", "failed", "invalidInput")]
    [InlineData("""{"connection": {"connector": "none", "name": "x"}, "activity": "read"}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": 7, "input": {}}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "timeoutSeconds": "soon"}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "timeoutSeconds": 60.5}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "deadlineSeconds": 3000000000}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "onReauth": true}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "caller": "x"}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "caller": {"run": 7}}""", "failed", "invalidInput")]
    [InlineData("""{"connection": 7, "activity": "read"}""", "failed", "invalidInput")]
    [InlineData("""{"connection": {"connector": "scripted", "name": ["one"]}, "activity": "read"}""", "failed", "invalidInput")]
    [InlineData("""{"connectionId": "$", "activity": "read", "timeoutSeconds": 60.0, "deadlineSeconds": null}""", "succeeded", null)]
    [InlineData("""{"connectionId": "$", "activity": "read", "correlationId": 7, "actor": {}, "caller": null}""", "succeeded", null)]
    [InlineData("""{"connectionId": "$", "activity": "read"}""", "succeeded", null)]
    [InlineData("""{"connectionId": "$", "activity": "read", "input": null, "later": true}""", "succeeded", null)]
    public async Task An_activity_that_parses_always_ends(string fields, string outcome, string? kind)
    {
        await using var client = await AmqpClient.To(Broker);
        var (connection, activity) = (await Workers.Connect("one"), Guid.NewGuid());
        var start = $$"""{"workspace": "default", "activityId": "{{activity}}", """;
        await client.Send("run-activity", start + fields[1..].Replace("$", $"{connection}", StringComparison.Ordinal));
        var finished = await Workers.Finished(activity);
        Assert.Equal((outcome, kind), (finished.Outcome, finished.Error?.Kind));
    }

    [Theory]
    [InlineData("create-connection", """ "connector": "none", "name": "x", "secretReference": "r" """, "secret.not-found")]
    [InlineData("create-connection", "", "secret.not-found")]
    [InlineData("reconnect-connection", "", "secret.not-found")]
    [InlineData("rename-connection", "", "connection.invalid")]
    public async Task A_command_without_a_required_field_is_rejected(string command, string fields, string code)
    {
        await using var client = await AmqpClient.To(Broker);
        var (id, connection) = (Guid.NewGuid(), Guid.NewGuid());
        var more = fields.Length == 0 ? "" : $", {fields}";
        await client.Send(command, $$"""{"workspace": "default", "commandId": "{{id}}", "connectionId": "{{connection}}"{{more}}}""");
        Assert.Equal((command, code), await Refused(id));
    }

    [Fact]
    public async Task A_response_correlates_with_the_message_id_when_the_command_has_no_correlation_id()
    {
        await using var client = await AmqpClient.To(Broker);
        var (id, message) = (Guid.NewGuid(), Guid.NewGuid());
        var body = $$"""{"workspace": "default", "activityId": "{{id}}"}""";
        await client.Send("cancel-activity", body, new BasicProperties { MessageId = $"{message}" });
        Assert.Equal($"{message}", (await Answer<CommandRefused>(m => m.CommandId == id)).CorrelationId);
    }

    private async Task<(string Command, string Code)> Refused(Guid command)
    {
        var refused = await Workers.Hears<CommandRefused>(m => m.CommandId == command, "it is refused");
        return (refused.Command, refused.Code);
    }

    private Task<T> Answer<T>(Func<T, bool> which)
        where T : class => Workers.Hears(which, $"{typeof(T).Name} is heard");

    private async Task<string> Left() => (await Workers.Get<IOneTimeSecrets>().Put(
        Workspace, Secret.From(Workers.Credentials("one")), CancellationToken.None)).Reference;
}
