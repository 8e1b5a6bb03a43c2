using System.Diagnostics.Metrics;
using Connections.Connectors.Pipeline;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting.Telemetry;

/// <summary>Metrics of this process: its loops, faults that need an operator, and messages that it could not handle.</summary>
internal sealed class HostMeter(IServiceProvider services, IMeterFactory meters) : IHostedService
{
    public const string Name = "Connections.Hosting";

    private static readonly Meter Always = new(Name);

    public static readonly Counter<long> Unhandled = Always.CreateCounter<long>(
        "connections.bus.unhandled", "{message}", "Messages moved to an error queue, by source queue.");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(Name);
        if (services.GetService<LoopHealth>() is { } loops)
        {
            IEnumerable<Measurement<long>> Each(Func<LoopStatus, long> value) =>
                loops.Loops.Select(l => new Measurement<long>(value(l), new KeyValuePair<string, object?>("loop", l.Name)));
            meter.CreateObservableGauge(
                "connections.loop.position", () => Each(l => l.Position), "{position}", "The log position up to which a loop of this process has processed events.");
            meter.CreateObservableGauge(
                "connections.loop.failing", () => Each(l => l.State == LoopState.Failing ? 1 : 0), "{loop}", "1 while a loop cannot process its next event.");
        }

        if (services.GetService<OperatorFaults>() is { } faults)
            meter.CreateObservableGauge("connections.operator.faults", () => faults.Open, "{fault}", "Open faults that only an operator can repair.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
