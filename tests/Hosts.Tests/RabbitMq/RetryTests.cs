using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Temporary faults are retried without limit. After some minutes, messages with permanent faults go to the error queue.</summary>
[Collection(BrokerFixture.Starts)]
public sealed class RetryTests(BrokerFixture broker) : IAsyncLifetime
{
    private const int Outage = 100;

    private readonly FakeTimeProvider clock = new();
    private BusHost? host;
    private AmqpClient? client;

    private BusHost Host => host!;

    private AmqpClient Client => client!;

    public async ValueTask InitializeAsync()
    {
        host = BusHost.Create(clock, ("Bus:Connection", broker.Server.Address));
        await host.Start();
        client = await AmqpClient.To(broker.Server);
        await Until.Holds(async () => (await broker.Server.Control("list_queues", "name", "consumers")).Contains($"{host.Queue}\t1"), "the host handles commands");
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null) await client.DisposeAsync();
        if (host is null) return;
        var stopped = host.DisposeAsync().AsTask();
        await Advancing(() => stopped.IsCompleted, "it stops"); // the host uses this clock too
        await stopped;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_that_always_fails_goes_to_the_error_queue_with_the_reason_and_others_are_handled(bool byItsForm)
    {
        var (odd, good) = (Enumerable.Range(0, BusHost.AtOnce).Select(_ => Guid.NewGuid()).ToArray(), Guid.NewGuid());
        foreach (var id in odd) Host.Handled.Faults[id] = byItsForm ? new FormatException("canary") : new InvalidOperationException("canary");
        foreach (var id in odd.Append(good)) await Send(id);
        await Advancing(() => Host.Handled.Done.Contains(good), "the others flow");
        await Until.Holds(async () => await Client.Depth($"{Host.Queue}_error") == odd.Length, "the invalid messages are in the error queue");
        // An exception message may quote confidential data.
        Assert.Equal(byItsForm ? nameof(FormatException) : nameof(InvalidOperationException), (await Client.Fault(Host.Queue)).Reason);
        Assert.All(odd, id => Assert.InRange(Host.Handled.Tries.Count(t => t == id), 3, 20));
    }

    [Fact]
    public async Task A_message_that_needs_an_unavailable_store_is_retried_until_the_store_is_available()
    {
        var kept = Guid.NewGuid();
        Host.Handled.Faults[kept] = new TimeoutException("The store is unavailable.");
        await Send(kept);
        await Advancing(() => Host.Handled.Tries.Count > Outage, "it is tried again and again");
        Assert.Equal(0u, await Client.Depth($"{Host.Queue}_error"));
        Host.Handled.Faults.Clear();
        await Advancing(() => Host.Handled.Done.Contains(kept), "it is handled");
    }

    private Task Send(Guid id) => Client.Send(Host.Queue, new { workspace = "default", commandId = id, connectionId = id });

    private Task Advancing(Func<bool> reached, string what) => Until.Holds(
        () =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return reached();
        },
        what);
}
