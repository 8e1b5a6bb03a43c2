using Connections.Domain.Activity;
using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Providers that respond only after the timeout of their callers.</summary>
[Collection(BrokerFixture.Name)]
public sealed class HangingConnectionTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private const int Hanging = 70; // activities, each of its own connection

    [Fact]
    public async Task Hanging_connections_do_not_delay_the_others()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Provider.Answer = async value =>
        {
            if (value == "hangs") await gate.Task;
            return ScriptedConnector.Done(value);
        };
        var quick = await Workers.Connect("quick");
        var hanging = new List<Guid>();
        for (var n = 0; n < Hanging; n++)
            hanging.Add(await Workers.Send(Workers.Activity(await Workers.Connect($"hanging {n}"), "hangs") with { TimeoutSeconds = 900 }));

        Assert.Equal("succeeded", (await Workers.Finished(await Workers.Send(Workers.Activity(quick, "quick")))).Outcome);
        await Until.Holds(() => Provider.Calls.Count == Hanging + 1, "all of them run");
        gate.SetResult();
        foreach (var activity in hanging) await Workers.Reaches(activity, ActivityStatus.Succeeded);
    }
}
