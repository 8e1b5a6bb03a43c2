using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connections.Hosting;

/// <summary>
/// Starts and stops the bus. In the place of MassTransit's own service, which may wait for ever for a bus that is told to stop while it
/// connects to its broker: this one leaves such a bus, and the host ends.
/// </summary>
internal sealed class BusService(IBusDepot depot, IOptions<MassTransitHostOptions> options, TimeProvider clock, ILogger<BusService> log)
    : IHostedService
{
    /// <summary>Of the 30 s in which a host stops: so long the bus is waited for.</summary>
    public static readonly TimeSpan Limit = Bus.StopTime + TimeSpan.FromSeconds(3);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var started = depot.Start(cancellationToken);
        return started.IsCompleted || options.Value.WaitUntilStarted ? started : Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await depot.Stop(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("The bus does not stop, and is left: the broker gives what it was handling to others");
        }
    }
}
