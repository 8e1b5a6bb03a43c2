using System.Text;
using Hosts.Tests.Harness;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Messages that are no plain JSON in UTF-8, or whose fields have the wrong type.</summary>
[Collection(BrokerFixture.Name)]
public sealed class UnreadableMessageTests(BrokerFixture broker) : WorkersFixture(broker)
{
    public static TheoryData<string, byte[]> BrokenText => new()
    {
        { "Latin-1", Encoding.Latin1.GetBytes("""{"workspace": "default", "activity": "Zoë"}""") },
        { "UTF-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("""{"workspace": "default"}""")] },
        { "a cut character", [.. """{"workspace": "default", "activity": "x"""u8, 0xC3] },
        { "an overlong form", [.. "{\"workspace\": \"default\", \"activity\": \""u8, 0xC0, 0xAF, .. "\"}"u8] },
        { "a surrogate", [.. "{\"workspace\": \"default\", \"activity\": \""u8, 0xED, 0xA0, 0x80, .. "\"}"u8] },
        { "a field that no command has", [.. "{\"workspace\": \"default\", \"other\": \""u8, 0xEB, .. "\"}"u8] },
        { "gzip", [0x1F, 0x8B, 0x08, 0x00, 0xFF] }
    };

    [Fact]
    public async Task A_byte_order_mark_is_skipped()
    {
        await using var client = await AmqpClient.To(Broker);
        var (activity, connection) = (Guid.NewGuid(), await Workers.Connect("one"));
        var body = $$"""{"workspace": "default", "activityId": "{{activity}}", "connectionId": "{{connection}}", "activity": "read", "input": {"value": "ë"} }""";
        await client.Send("run-activity", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(body)]);
        Assert.Equal("succeeded", (await Workers.Finished(activity)).Outcome);
        Assert.Equal(["ë"], Provider.Calls);
    }

    [Theory]
    [MemberData(nameof(BrokenText))]
    public async Task A_message_that_is_not_UTF8_goes_to_the_error_queue_with_that_reason_without_a_retry(string what, byte[] body)
    {
        var clock = new FakeTimeProvider(); // it stands still, so a retry would never come
        await using var host = BusHost.Create(clock, ("Bus:Connection", Broker.Address));
        await host.Start();
        await Until.Holds(() => host.BusIsHealthy, "the host handles commands");
        await using var client = await AmqpClient.To(Broker);
        await client.Send(host.Queue, body);
        var reason = (await client.Fault(host.Queue)).Reason;
        Assert.True(reason == "The message is not UTF-8 text. Send plain JSON in UTF-8.", $"{what}: {reason}");
    }

    [Theory]
    [InlineData(""" "deadlineSeconds": "60" """, "deadlineSeconds: Must be a whole number.")]
    [InlineData(""" "timeoutSeconds": 1.5 """, "timeoutSeconds: Must be a whole number.")]
    [InlineData(""" "timeoutSeconds": 901 """, "timeoutSeconds: Must be from 1 to 900 seconds.")]
    [InlineData(""" "onReauth": true """, "onReauth: Must be a string.")]
    [InlineData(""" "caller": [] """, "caller: Must be an object")]
    [InlineData(""" "caller": {"step": 3} """, "caller.step: Must be a string.")]
    [InlineData(""" "input": {"value": 5} """, "input.value: ")]
    public async Task An_activity_with_a_bad_field_is_answered_with_the_field_and_what_it_wants(string field, string expected)
    {
        await using var client = await AmqpClient.To(Broker);
        var (activity, connection) = (Guid.NewGuid(), await Workers.Connect("one"));
        await client.Send("run-activity", $$"""{"workspace": "default", "activityId": "{{activity}}", "connectionId": "{{connection}}", "activity": "read", {{field}}}""");
        var finished = await Workers.Finished(activity);
        Assert.Equal(("failed", "invalidInput"), (finished.Outcome, finished.Error!.Kind));
        Assert.Contains(expected, finished.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("input", 61)]
    [InlineData("input", 65)]
    [InlineData("input", 1_000)]
    [InlineData("input", 50_000)]
    [InlineData("caller", 200)]
    [InlineData("connection", 200)]
    [InlineData("other", 200)]
    public async Task An_activity_that_nests_too_deeply_is_answered(string field, int levels)
    {
        await using var client = await AmqpClient.To(Broker);
        var (activity, connection) = (Guid.NewGuid(), await Workers.Connect("one"));
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);
        var at = field == "connection" ? "" : $"\"connectionId\": \"{connection}\", ";
        await client.Send("run-activity", $$"""{"workspace": "default", "activityId": "{{activity}}", {{at}}"activity": "read", "{{field}}": {{deep}}}""");
        var finished = await Workers.Finished(activity);
        if (field == "input")
        {
            Assert.Equal(("failed", "invalidInput"), (finished.Outcome, finished.Error!.Kind));
            Assert.Contains("input: Must not nest deeper than 60 levels.", finished.Error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("succeeded", (await Workers.Finished(await Workers.Send(Harness.Workers.Activity(connection)))).Outcome);
    }

    [Fact]
    public async Task An_input_with_the_deepest_nesting_allowed_reaches_the_connector()
    {
        await using var client = await AmqpClient.To(Broker);
        var (activity, connection) = (Guid.NewGuid(), await Workers.Connect("one"));
        var deep = string.Concat(Enumerable.Repeat("[", 59)) + new string(']', 59);
        await client.Send("run-activity", $$"""{"workspace": "default", "activityId": "{{activity}}", "connectionId": "{{connection}}", "activity": "read", "input": {"a": {{deep}} } }""");
        Assert.DoesNotContain("nest", (await Workers.Finished(activity)).Error?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("require-reauth", """ "credentialVersion": "1" """, "credentialVersion: Must be a whole number.")]
    [InlineData("require-reauth", """ "credentialVersion": 1, "reason": {} """, "reason: Must be text.")]
    [InlineData("create-connection", """ "rotateBy": "soon" """, "rotateBy: Must be a time such as 2026-10-01T00:00:00Z.")]
    [InlineData("create-connection", """ "name": 7 """, "name: Must be text.")]
    [InlineData("reconnect-connection", """ "secretReference": ["x"] """, "secretReference: Must be text.")]
    [InlineData("rename-connection", """ "name": {"de": "x"} """, "name: Must be text.")]
    [InlineData("delete-connection", """ "commandId": 7 """, "commandId: Must be a UUID.")]
    [InlineData("test-connection", """ "commandId": "seven" """, "commandId: Must be a UUID.")]
    [InlineData("cancel-activity", """ "activityId": "66666666", "actor": "x" """, "activityId: Must be a UUID.")]
    [InlineData("cancel-activity", """ "activityId": "66666666-0000-0000-0000-000000000001", "actor": 5 """, "actor: Must be text.")]
    [InlineData("run-activity", """ "activityId": 1 """, "activityId: Must be a UUID.")]
    public async Task A_command_with_a_field_of_the_wrong_type_has_a_reason_that_names_the_field(string command, string fields, string expected)
    {
        await using var client = await AmqpClient.To(Broker);
        var ids = fields.Contains("Id\"", StringComparison.Ordinal) ? "" : """ "commandId": "66666666-0000-0000-0000-000000000001", """;
        await client.Send(command, $$"""{"workspace": "default", "connectionId": "66666666-0000-0000-0000-000000000002", {{ids}} {{fields}}}""");
        Assert.Equal(expected, (await client.Fault(command)).Reason);
    }

    [Theory]
    [InlineData("test-connection", """{"workspace": "default", "connectionId": "66666666-0000-0000-0000-000000000002"}""", "commandId: Required.")]
    [InlineData("cancel-activity", """{"workspace": "default"}""", "activityId: Required.")]
    [InlineData("delete-connection", """{"workspace": "default"}""", "commandId: Required. connectionId: Required.")]
    [InlineData("run-activity", """{"activityId": "66666666-0000-0000-0000-000000000001"}""", "workspace: Required.")]
    [InlineData("run-activity", """{"workspace": "A b", "activityId": "66666666-0000-0000-0000-000000000001"}""",
        "workspace: Must have from 1 to 63 lower-case letters, digits and dashes, and not begin with a dash.")]
    public async Task A_command_without_an_id_or_a_workspace_has_a_reason_that_names_it(string command, string body, string expected)
    {
        await using var client = await AmqpClient.To(Broker);
        await client.Send(command, body);
        Assert.Equal(expected, (await client.Fault(command)).Reason);
    }
}
