using Connections.Domain;
using Connections.Domain.Connection;
using Hosts.Tests.Harness;

namespace Hosts.Tests;

/// <summary>The log operations of an activity without problems.</summary>
public abstract class HappyPathContract(BrokerFixture? broker) : WorkersFixture(broker)
{
    [Fact]
    public async Task An_activity_without_problems_needs_two_appends_and_no_read()
    {
        var connection = await Workers.Connect("one");
        await Workers.Finished(await Workers.Send(Workers.Activity(connection, "first")));
        await Workers.Shows(connection, ConnectionStatus.Connected);
        var log = Workers.Get<WatchedLog>();
        Assert.NotEmpty(log.Reads); // connecting did read
        log.Reads.Clear();
        log.Appends.Clear();

        foreach (var value in new[] { "a", "b", "c" })
        {
            var activity = await Workers.Send(Workers.Activity(connection, value));
            Assert.Equal("succeeded", (await Workers.Finished(activity)).Outcome);
            Assert.Equal(2, log.Appends.Count(s => s == new ActivityId(Workers.Workspace, activity).Stream));
        }

        Assert.Equal(6, log.Appends.Count);
        Assert.Empty(log.Reads);
    }
}
