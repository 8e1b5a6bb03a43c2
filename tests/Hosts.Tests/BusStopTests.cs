using Connections.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Hosts.Tests;

/// <summary>A bus that never stops.</summary>
public sealed class BusStopTests
{
    private static readonly TimeSpan Given = TimeSpan.FromSeconds(23);

    [Fact]
    public async Task A_bus_that_does_not_stop_is_abandoned_within_the_thirty_seconds_of_a_host()
    {
        var (clock, stuck) = (new FakeTimeProvider(), new StuckBus());
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.AddBus();
        builder.Services.Replace(ServiceDescriptor.Singleton<IBusDepot>(stuck));
        using var host = builder.Build();
        await host.StartAsync();

        var stop = host.StopAsync();
        await Until.Holds(() => stuck.StopRequested, "the bus is stopped");
        clock.Advance(Given - TimeSpan.FromSeconds(1));
        Assert.False(stop.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await stop.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
    }

    private sealed class StuckBus : IBusDepot
    {
        private volatile bool stopRequested;

        public bool StopRequested => stopRequested;

        public Task Start(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task Stop(CancellationToken cancellationToken)
        {
            stopRequested = true;
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }
    }
}
