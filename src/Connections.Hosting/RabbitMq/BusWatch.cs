using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting.RabbitMq;

/// <summary>Logs once that the bus lost its broker or a queue, and once that it works again. The library logs each attempt with its trace.</summary>
internal sealed class BusWatch(IBusControl bus, Broker broker, BrokerCheck check, TimeProvider clock, ILogger<BusWatch> log) : BackgroundService
{
    private const int StartTicks = 30;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await check.Available.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, clock);
        for (var (ticks, lost) = (0, false); await timer.WaitForNextTickAsync(stoppingToken); ticks++)
        {
            var health = bus.CheckHealth();
            if (health.Status == BusHealthStatus.Healthy)
            {
                if (lost) log.LogInformation("The bus is connected to RabbitMQ at {Broker} again, and consumes every queue", broker);
                (ticks, lost) = (StartTicks, false);
            }
            else if (!lost && ticks >= StartTicks) // the first queues of a new broker take some seconds
            {
                log.LogWarning(
                    "RabbitMQ at {Broker} is unavailable, or a queue cannot be consumed ({Cause}); the host tries again, and handles no messages until then",
                    broker, Cause(health));
                lost = true;
            }
        }
    }

    private static string Cause(BusHealthResult health)
    {
        var fault = health.Exception ?? health.Endpoints.Values.Select(endpoint => endpoint.Exception).FirstOrDefault(e => e is not null);
        return fault?.GetBaseException().Message ?? "the connection was lost";
    }
}
