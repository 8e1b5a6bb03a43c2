using System.Text.Json;
using Hosts.Tests.Harness;

namespace Hosts.Tests.RabbitMq;

/// <summary>The queues and exchanges that the service declares, read from the broker.</summary>
[Collection(BrokerFixture.Name)]
public sealed class QueueTests(BrokerFixture broker) : WorkersFixture(broker)
{
    [Fact]
    public async Task Each_command_has_a_quorum_queue_that_drops_nothing_and_an_error_queue()
    {
        var queues = await Query("list_queues", "name", "type", "durable", "arguments");
        Assert.NotEmpty(queues);
        foreach (var name in RabbitMqListener.Queues)
        {
            var queue = Assert.Single(queues, q => q.GetProperty("name").GetString() == name);
            Assert.Equal("quorum", queue.GetProperty("type").GetString());
            Assert.True(queue.GetProperty("durable").GetBoolean());
            var arguments = Arguments(queue);
            Assert.Equal(
                [
                    "x-dead-letter-exchange=" + name + "_error", "x-dead-letter-strategy=at-least-once", "x-delivery-limit=100",
                    "x-overflow=reject-publish", "x-queue-type=quorum"
                ],
                arguments);
            var error = Assert.Single(queues, q => q.GetProperty("name").GetString() == $"{name}_error");
            Assert.Equal([$"x-delivery-limit={int.MaxValue}", "x-queue-type=quorum"], Arguments(error));
        }

        Assert.DoesNotContain(queues, q => q.GetProperty("name").GetString()!.EndsWith("_skipped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exchanges_are_durable_fanouts_named_after_the_messages_and_there_are_no_others()
    {
        var id = await Workers.Connect("one");
        await Workers.Finished(await Workers.Send(Harness.Workers.Activity(id)));
        var exchanges = (await Query("list_exchanges", "name", "type", "durable"))
            .Where(e => e.GetProperty("name").GetString() is { Length: > 0 } name && !name.StartsWith("amq.", StringComparison.Ordinal)).ToList();
        var queues = RabbitMqListener.Queues;
        Assert.Equal(
            queues.Concat(queues.Select(q => $"{q}_error")).Concat(RabbitMqListener.Exchanges.Keys).Order(),
            exchanges.Select(e => e.GetProperty("name").GetString()).Where(IsOurs).Order());
        Assert.All(exchanges, e => Assert.Equal(("fanout", true), (e.GetProperty("type").GetString(), e.GetProperty("durable").GetBoolean())));
    }

    // Excludes the temporary queues of a bus, and those of other tests.
    private static bool IsOurs(string? exchange) =>
        !exchange!.Contains("_bus_", StringComparison.Ordinal) && !exchange.StartsWith(BusHost.Prefix, StringComparison.Ordinal);

    private static IEnumerable<string> Arguments(JsonElement queue) => queue.GetProperty("arguments").ValueKind == JsonValueKind.Array
        ? queue.GetProperty("arguments").EnumerateArray().Select(a => $"{a[0]}={a[2]}").Order()
        : queue.GetProperty("arguments").EnumerateObject().Select(a => $"{a.Name}={a.Value}").Order();

    private async Task<IReadOnlyList<JsonElement>> Query(params string[] question)
    {
        using var answer = JsonDocument.Parse(await Broker.Control([.. question[..1], "--formatter", "json", .. question[1..]]));
        return [.. answer.RootElement.EnumerateArray().Select(e => e.Clone())];
    }
}
