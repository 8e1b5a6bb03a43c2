using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Connection;
using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Thousands of activities of a connection with rejected credentials wait in the log without delaying others.</summary>
[Collection(BrokerFixture.Name)]
public sealed class DeadConnectionTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private const int Dead = 10_000;
    private const int AtOnce = 500;
    private const int Live = 4; // connections, each of which runs two at once
    private const int Places = 512; // messages of a queue that a worker handles at once

    [Fact]
    public async Task Ten_thousand_activities_of_a_dead_connection_delay_no_other_connection()
    {
        var (dead, live) = (await Workers.Connect("dead"), new List<Guid>());
        for (var n = 0; n < Live; n++)
        {
            live.Add(await Workers.Connect($"live {n}"));
            await Workers.Finished(await Workers.Send(Workers.Activity(live[n], "first"))); // unproven credentials allow one call at a time
        }

        await Workers.Send(new Connections.Contracts.RequireReauth(Workers.Workspace, dead, 1, "refused"), "require-reauth");
        await Workers.Shows(dead, ConnectionStatus.ReauthRequired);

        var deadOnes = Enumerable.Range(0, Dead).Select(_ => Workers.Activity(dead, "dead")).ToArray();
        var among = new List<(Guid Activity, int Ahead)>();
        foreach (var some in deadOnes.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(a => Workers.Send(a)));
            var next = Workers.Activity(live[among.Count % Live], "among them");
            among.Add((await Workers.Send(next), (among.Count + 1) * AtOnce));
        }

        foreach (var (activity, _) in among) await IsDone(activity);
        await Runs(live[0], "behind them");

        await Until.Seen(() => Task.FromResult(Waiting().Count()), waiting => waiting == Dead, "all dead ones wait");
        Assert.Equal(deadOnes.Select(a => a.ActivityId).Order(), Waiting().Order());
        await Until.Seen(Held, held => held == 0, "no queue and no consumer holds any of them");
        await Runs(live[0], "while they stand");

        var place = deadOnes.Index().ToDictionary(a => new ActivityId(Workers.Workspace, a.Item.ActivityId).Stream, a => a.Index);
        var appends = Workers.Get<WatchedLog>().Appends.ToList();
        Assert.Equal(Dead, appends.Count(place.ContainsKey)); // each was attempted once, and not again
        Assert.DoesNotContain("dead", Provider.Calls);
        Assert.All(among, live => DidNotWaitForLaterOnes(live.Activity, appends, a => place.TryGetValue(a, out var n) && n >= live.Ahead));
    }

    // a queue is first come, first served, so many at once: of the dead ones behind it no more are looked at before a live one begins, and
    // no more again before it has ended
    private static void DidNotWaitForLaterOnes(Guid activity, List<string> appends, Func<string, bool> later)
    {
        var stream = new ActivityId(Workers.Workspace, activity).Stream;
        var (begun, ended) = (appends.IndexOf(stream), appends.LastIndexOf(stream));
        Assert.True(begun < ended);
        Assert.InRange(appends.Take(begun).Count(later), 0, Places);
        Assert.InRange(appends.Take(ended).Count(later), 0, 2 * Places);
    }

    private async Task Runs(Guid connection, string value)
    {
        for (var i = 0; i < 10; i++) await IsDone(await Workers.Send(Workers.Activity(connection, value)));
    }

    private async Task IsDone(Guid activity)
    {
        var finished = await Workers.Finished(activity);
        Assert.Equal(("succeeded", 1), (finished.Outcome, finished.Attempts));
    }

    private IEnumerable<Guid> Waiting() => Workers.Heard.OfType<ActivityWaiting>().Select(m => m.ActivityId).Distinct();

    // in a queue, or with a consumer that has not acknowledged it
    private async Task<int> Held() => (await Broker.Control("list_queues", "name", "messages")).Split('\n')
        .Select(line => line.Split('\t'))
        .Where(columns => columns[0] is "run-activity" or "run-attempt" or "run-activity_error" or "run-attempt_error")
        .Sum(columns => int.Parse(columns[1], System.Globalization.CultureInfo.InvariantCulture));
}
