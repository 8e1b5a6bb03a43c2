using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>The log of a host tells an outage of its broker in one line.</summary>
[Collection(BrokerFixture.Starts)]
public sealed class BusLogTests(BrokerFixture broker)
{
    [Fact]
    public async Task A_first_start_logs_neither_an_error_nor_a_trace()
    {
        var fresh = await broker.Server.AddVirtualHost($"fresh-{Guid.NewGuid():n}");
        await using var host = BusHost.Create(("Bus:Connection", fresh.Address));
        await host.Start();
        await Until.Holds(() => host.BusIsHealthy, "the host is ready");
        AssertQuiet(host.Log, 0);
    }

    [Fact]
    public async Task An_outage_is_one_warning_and_its_end_one_line()
    {
        Assert.SkipUnless(RabbitMqServer.Available, RabbitMqServer.NotInstalled);
        await using var server = await RabbitMqServer.Create();
        await using var host = BusHost.Create(("Bus:Connection", server.Address));
        await host.Start();
        await Until.Holds(() => host.BusIsHealthy, "the host is ready");
        await server.Settle();
        // The broker may have been away for a moment. Whatever was logged of that is complete once the numbers are equal.
        await Until.Holds(() => host.BusIsHealthy && Warnings(host.Log).Length == Ends(host.Log), "the host consumes again");
        var before = Ends(host.Log);
        await server.Stop();
        await Until.Holds(() => Warnings(host.Log).Length == before + 1, "the outage is logged");
        await server.Start();
        await Until.Holds(() => Ends(host.Log) == before + 1, "the end of the outage is logged");
        AssertQuiet(host.Log, before + 1);
        Assert.DoesNotContain(server.Password, host.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_away_at_the_start_is_one_warning()
    {
        Assert.SkipUnless(RabbitMqServer.Available, RabbitMqServer.NotInstalled);
        await using var server = await RabbitMqServer.Create();
        await server.Stop();
        await using (var host = BusHost.Create(("Bus:Connection", server.Address)))
        {
            await host.Start();
            await Until.Holds(() => Warnings(host.Log).Length == 1, "the outage is logged");
            await server.Start();
            await Until.Holds(() => host.BusIsHealthy, "the host is ready");
            AssertQuiet(host.Log, 1);
        }

        await server.Stop();
        var never = BusHost.Create(("Bus:Connection", server.Address));
        await never.Start();
        await Until.Holds(() => Warnings(never.Log).Length == 1, "the outage is logged");
        await never.DisposeAsync().AsTask().WaitAsync(Until.Limit, TimeProvider.System); // it stops although it never connected
        AssertQuiet(never.Log, 1);
    }

    private static int Ends(CapturedLogs log) => log.Messages.Count(m => m.Contains("consumes every queue", StringComparison.Ordinal));

    private static string[] Warnings(CapturedLogs log) => [.. log.Text.Split('\n').Where(line => line.StartsWith("Warning", StringComparison.Ordinal))];

    private static void AssertQuiet(CapturedLogs log, int warnings)
    {
        Assert.DoesNotContain("Error ", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log.Text, StringComparison.Ordinal);
        Assert.True(Warnings(log).Length == warnings, log.Text);
    }
}
