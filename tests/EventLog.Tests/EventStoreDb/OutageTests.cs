using EventSourcing.EventStoreDb;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EventLog.Tests.EventStoreDb;

public sealed class OutageTests : EventStoreDbFixture
{
    private readonly FakeTimeProvider clock = new();
    private readonly Outage outage;

    public OutageTests() => outage = new Outage(ConnectionString.Parse("esdb://some:hunter2@node?tls=false"), clock, Logger);

    [Fact]
    public void Many_failed_calls_are_one_warning()
    {
        for (var i = 0; i < 100; i++) Fail();
        Assert.Single(Logged.At(LogLevel.Warning));
        outage.End();
        outage.End();
        Assert.Single(Logged.At(LogLevel.Information));
    }

    [Fact]
    public void An_outage_in_which_some_calls_succeed_is_one_warning_each_half_minute()
    {
        for (var i = 0; i < 120; i++)
        {
            Fail();
            outage.End();
            clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal(2, Logged.At(LogLevel.Warning).Count());
        Assert.Equal(2, Logged.At(LogLevel.Information).Count());
    }

    [Fact]
    public void A_later_outage_is_another_warning()
    {
        Fail();
        outage.End();
        clock.Advance(TimeSpan.FromSeconds(30));
        Fail();
        Assert.Equal(2, Logged.At(LogLevel.Warning).Count());
    }

    [Fact]
    public void An_outage_soon_after_another_is_warned_of_once_it_lasts()
    {
        Fail();
        outage.End();
        for (var i = 0; i < 40; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Fail();
        }

        Assert.Equal(2, Logged.At(LogLevel.Warning).Count());
    }

    private void Fail() => outage.Begin(new RpcException(new Status(StatusCode.Unavailable, "hunter2")));
}
