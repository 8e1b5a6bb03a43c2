using System.Text;
using Connections.Contracts;
using Hosts.Tests.Harness;
using RabbitMQ.Client;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Generated bad messages: each is answered or goes to the error queue, and every queue is still consumed afterwards.</summary>
[Collection(BrokerFixture.Name)]
public sealed class GeneratedMessageTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private const int Many = 500;

    // A report for an unknown connection changes nothing and is not answered, and internal commands have no answers.
    private static readonly string[] Unanswered = ["require-reauth", "run-attempt", "check-connection", "renew-grant"];

    [Fact]
    public async Task Each_bad_message_is_answered_or_in_the_error_queue_and_every_queue_is_still_consumed()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var messages = new BadMessages(seed);
        await using var client = await AmqpClient.To(Broker);
        var sent = new Dictionary<string, (string Queue, byte[] Body)>();
        for (var i = 0; i < Many; i++)
        {
            var (id, queue) = ($"{Guid.NewGuid()}", RabbitMqListener.Queues[i % RabbitMqListener.Queues.Count]);
            sent[id] = (queue, messages.Next());
            await client.Send(queue, sent[id].Body, new BasicProperties { MessageId = id });
        }

        var open = sent.Keys.ToHashSet();
        await Until.Seen(
            async () =>
            {
                foreach (var queue in RabbitMqListener.Queues)
                    foreach (var (id, _) in await client.Faults(queue)) open.Remove(id!);
                open.ExceptWith(Workers.Heard.All.Select(m => (m.Message as Published)?.CorrelationId ?? (m.Message as CommandRefused)?.CorrelationId).OfType<string>());
                open.ExceptWith(open.Where(id => Unanswered.Contains(sent[id].Queue)).ToArray());
                return string.Join(" · ", open.Take(5).Select(id => $"{sent[id].Queue} {Encoding.UTF8.GetString(sent[id].Body)}"));
            },
            left => left.Length == 0,
            $"each message of the seed {seed} is answered");
        await Until.Seen(Left, left => left.Length == 0, $"no message of the seed {seed} is left, also of commands without an answer");
        await Until.Seen(Missing, missing => missing.Length == 0, $"every queue is still consumed after the seed {seed}");
        Assert.Equal("succeeded", (await Workers.Finished(await Workers.Send(Harness.Workers.Activity(await Workers.Connect("one"))))).Outcome);
    }

    // Messages that wait in a queue or with a consumer.
    private async Task<string> Left() => string.Join(' ', (await Rows("messages")).Where(row => row[1] != "0").Select(row => string.Join('=', row)));

    private async Task<string> Missing() => string.Join(' ', (await Rows("consumers")).Where(row => row[1] == "0").Select(row => row[0]));

    private async Task<string[][]> Rows(string column) =>
    [
        .. (await Broker.Control("list_queues", "name", column)).Split('\n').Select(line => line.Split('\t'))
            .Where(row => RabbitMqListener.Queues.Contains(row[0]))
    ];
}
