using Connections.Contracts;
using Connections.Domain;
using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Thousands of activities for a connection whose credentials were refused wait in the log, and in nobody's way.</summary>
[Collection(BrokerFixture.Name)]
public sealed class DeadConnectionTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private const int Dead = 10_000;
    private const int AtOnce = 500;

    [Fact]
    public async Task Ten_thousand_activities_of_a_dead_connection_hold_up_no_other_connection()
    {
        var (dead, live) = (await Workers.Connect("dead"), await Workers.Connect("live"));
        await Workers.Finished(await Workers.Send(Workers.Activity(live, "first"))); // credentials prove themselves one call at a time
        await Workers.Send(new Connections.Contracts.RequireReauth(Workers.Workspace, dead, 1, "refused"), "require-reauth");
        await Workers.Shows(dead, ConnectionStatus.ReauthRequired);

        var deadOnes = Enumerable.Range(0, Dead).Select(_ => Workers.Activity(dead, "dead")).ToArray();
        foreach (var some in deadOnes.Chunk(AtOnce)) await Task.WhenAll(some.Select(a => Workers.Send(a)));
        await Runs(live, "behind them");

        await Until.Seen(() => Task.FromResult(Waiting().Count()), waiting => waiting == Dead, "all dead ones wait");
        Assert.Equal(deadOnes.Select(a => a.ActivityId).Order(), Waiting().Order());
        await Until.Seen(Held, held => held == 0, "no queue keeps any of them, no consumer holds one");
        await Runs(live, "while they stand");

        var streams = deadOnes.Select(a => ActivityDecider.Stream(Workers.Workspace, a.ActivityId)).ToHashSet();
        Assert.Equal(Dead, Workers.Get<WatchedLog>().Appends.Count(streams.Contains)); // each was looked at once, and never again
        Assert.DoesNotContain("dead", Provider.Calls);
    }

    private async Task Runs(Guid connection, string value)
    {
        for (var i = 0; i < 10; i++)
        {
            var finished = await Workers.Finished(await Workers.Send(Workers.Activity(connection, value)));
            Assert.Equal(("succeeded", 1), (finished.Outcome, finished.Attempts));
        }
    }

    private IEnumerable<Guid> Waiting() => Workers.Heard.Of<ActivityWaiting>().Select(m => m.ActivityId).Distinct();

    // in a queue, or with a consumer that has not acknowledged it
    private async Task<int> Held() => (await Broker.Control("list_queues", "name", "messages")).Split('\n')
        .Select(line => line.Split('\t'))
        .Where(columns => columns[0] is "run-activity" or "run-attempt" or "run-activity_error" or "run-attempt_error")
        .Sum(columns => int.Parse(columns[1], System.Globalization.CultureInfo.InvariantCulture));
}
