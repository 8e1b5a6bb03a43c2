using Connections.Hosting.RabbitMq;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connections.Hosting;

/// <summary>
/// Starts and stops the bus. This service replaces MassTransit's own, which may wait forever when the bus is stopped while it connects to
/// its broker. This service stops waiting after a limit, and the host exits. It also starts the bus only once the broker is available.
/// </summary>
internal sealed class BusService(
    IBusDepot depot, IOptions<MassTransitHostOptions> options, TimeProvider clock, ILogger<BusService> log, BrokerCheck? broker = null)
    : IHostedService, IDisposable
{
    /// <summary>The time that a stop waits for the bus, of the 30 s in which a host stops.</summary>
    public static readonly TimeSpan Limit = Bus.StopTime + TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource stopping = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var started = Start(cancellationToken);
        return started.IsCompleted || options.Value.WaitUntilStarted ? started : Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        if (broker is { Available.IsCompleted: false }) return; // the bus was never started
        using var timeout = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await depot.Stop(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("The bus did not stop in time and is abandoned: the broker redelivers the messages that it was handling");
        }
    }

    public void Dispose() => stopping.Dispose();

    private async Task Start(CancellationToken ct)
    {
        if (broker is not null)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, ct);
            await broker.Available.WaitAsync(either.Token);
        }

        await depot.Start(ct);
    }
}
