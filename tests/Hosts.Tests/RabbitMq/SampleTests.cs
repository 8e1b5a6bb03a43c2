using Connections.Domain;
using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>The samples work as documented, with a real broker.</summary>
[Collection(BrokerFixture.Name)]
public sealed class SampleTests(BrokerFixture broker) : WorkersFixture(broker)
{
    [Theory]
    [InlineData("c#")]
    [InlineData("node")]
    public async Task A_workflow_runs_an_activity_and_prints_its_outcome(string sample)
    {
        await Workers.Connect("Shop");
        using var running = Run(sample, "read");
        Assert.Equal((0, "succeeded {\"value\":\"hello\"}"), (await running.Exit(), running.Output));
        Assert.Equal(["hello"], Provider.Calls);
    }

    [Theory]
    [InlineData("c#")]
    [InlineData("node")]
    public async Task A_workflow_learns_that_an_activity_waits_and_how_it_fails(string sample)
    {
        var connection = await Workers.Connect("Shop");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        using var running = Run(sample, "read");
        await Until.Seen(() => Task.FromResult(running.Output), text => text == "waiting: reauthRequired", "the wait is printed");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.Forbidden, Delivered.Yes);
        await Workers.Get<Connections.Operations.Connections.ChangeConnections>().Reconnect(
            Workers.Context, connection, new Connections.Operations.Connections.NewCredentials(null, Workers.Credentials("Shop")), CancellationToken.None);
        Assert.Equal(1, await running.Exit());
        Assert.StartsWith("waiting: reauthRequired failed ", running.Output, StringComparison.Ordinal);
    }

    private RunningSample Run(string sample, string activity) => RunningSample.Start(sample, Broker.Address, activity);
}
