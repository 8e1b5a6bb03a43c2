using Connections.Contracts;
using Connections.Domain.Activity;
using Hosts.Tests.Harness;
using RabbitMQ.Client.Exceptions;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>
/// A broker is killed and restarted, and a worker is stopped: nothing accepted is lost, and nothing unrepeatable is done twice.
/// </summary>
[Collection(BrokerFixture.Starts)]
public sealed class OutageTests : WorkersFixture
{
    private const int Acts = 60;

    private readonly BrokerFixture own;

    public OutageTests()
        : this(new BrokerFixture())
    {
    }

    // Each test has its own broker: a declaration or deletion on a broker that was just killed may be incomplete.
    private OutageTests(BrokerFixture own)
        : base(own) => this.own = own;

    public override async ValueTask InitializeAsync()
    {
        await own.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await own.DisposeAsync();
    }

    [Fact]
    public async Task Activities_accepted_before_the_broker_was_killed_run_once_end_and_are_published()
    {
        await Settled();
        var connection = await Workers.Connect("one");
        await Workers.Finished(await Workers.Send(Workers.Activity(connection, "first"))); // unproven credentials allow one call at a time
        var ids = Enumerable.Range(0, Acts).Select(_ => Guid.NewGuid()).ToArray();
        var sent = SendAll(connection, ids);
        await Until.Holds(() => Provider.Calls.Count > Acts / 6, "some are done");
        await Broker.Restart();
        await Workers.HearAgain();
        await sent;

        foreach (var id in ids) Assert.Equal("succeeded", (await Workers.Finished(id)).Outcome);
        Assert.Equal(ids.Select(i => $"{i}").Append("first").Order(), Provider.Calls.Order());
        foreach (var id in ids)
            Assert.Single(Workers.Heard.OfType<ActivityFinished>().Where(m => m.ActivityId == id).Select(m => m.EventId).Distinct());
    }

    [Fact]
    public async Task Activities_that_end_while_the_broker_is_unavailable_are_published_afterwards()
    {
        await Settled();
        var connection = await Workers.Connect("one");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Provider.Answer = async value =>
        {
            await gate.Task.WaitAsync(Until.Limit, TimeProvider.System);
            return ScriptedConnector.Done(value);
        };
        var activity = await Workers.Send(Workers.Activity(connection, "held", "write"));
        await Until.Holds(() => Provider.Calls.Count == 1, "it runs");
        await Broker.Stop();
        gate.SetResult();
        await Workers.Reaches(activity, ActivityStatus.Succeeded);
        await Broker.Start();
        await Workers.HearAgain();
        Assert.Equal("succeeded", (await Workers.Finished(activity)).Outcome);
        Assert.Equal(["held"], Provider.Calls);
    }

    [Fact]
    public async Task A_stopping_worker_takes_no_new_messages_and_finishes_running_work()
    {
        var connection = await Workers.Connect("one");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Provider.Answer = async value =>
        {
            await gate.Task.WaitAsync(Until.Limit, TimeProvider.System);
            return ScriptedConnector.Done(value);
        };
        var held = await Workers.Send(Workers.Activity(connection, "held", "write"));
        await Until.Holds(() => Provider.Calls.Count == 1, "it runs");
        var stopped = Workers.Stop();
        await using var client = await AmqpClient.To(Broker);
        await Until.Holds(async () =>
        {
            await client.Send("run-activity", Workers.Activity(connection, "later"));
            return await client.Depth("run-activity") > 0;
        }, "nothing more is taken");
        Assert.False(stopped.IsCompleted);
        gate.SetResult();
        await stopped;
        Assert.NotEqual(0u, await client.Depth("run-activity"));
        Assert.Equal(ActivityStatus.Succeeded, (await Workers.State(held)).Status);
    }

    private async Task Settled()
    {
        await Broker.Settle();
        await Workers.HearAgain();
        await Until.Seen(() => Consumers("run-activity"), consumers => consumers == 1, "commands are accepted again");
    }

    private async Task<int> Consumers(string queue) => int.Parse(
        (await Broker.Control("list_queues", "name", "consumers")).Split('\n').Single(l => l.StartsWith($"{queue}\t", StringComparison.Ordinal)).Split('\t')[1],
        System.Globalization.CultureInfo.InvariantCulture);

    // Sends an unconfirmed message again under the same id.
    private async Task SendAll(Guid connection, IEnumerable<Guid> ids)
    {
        var client = await AmqpClient.To(Broker);
        foreach (var id in ids)
        {
            var command = Workers.Activity(connection, $"{id}", "write") with { ActivityId = id };
            await Until.Holds(async () =>
            {
                try
                {
                    await client.Send("run-activity", command);
                    return true;
                }
                catch (Exception fault) when (fault is AlreadyClosedException or OperationInterruptedException or IOException or PublishException)
                {
                    client = await Reconnect(client);
                    return false;
                }
            }, $"activity {id} is taken");
        }

        await client.DisposeAsync();
    }

    private async Task<AmqpClient> Reconnect(AmqpClient gone)
    {
        try
        {
            return await AmqpClient.To(Broker);
        }
        catch (BrokerUnreachableException)
        {
            return gone;
        }
    }
}
