using System.Diagnostics.Metrics;
using Connections.Connectors.Pipeline;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting.Telemetry;

/// <summary>Numbers of this process: its loops, the faults it met that an operator mends, messages it could not handle.</summary>
internal sealed class HostMeter(IServiceProvider services, IMeterFactory meters) : IHostedService
{
    public const string Name = "Connections.Hosting";

    private static readonly Meter Always = new(Name);

    public static readonly Counter<long> Unhandled = Always.CreateCounter<long>(
        "connections.bus.unhandled", "{message}", "Messages that went to an error queue, by the queue they came from.");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(Name);
        if (services.GetService<LoopHealth>() is { } loops)
        {
            IEnumerable<Measurement<long>> Each(Func<LoopStatus, long> value) =>
                loops.Loops.Select(l => new Measurement<long>(value(l), new KeyValuePair<string, object?>("loop", l.Name)));
            meter.CreateObservableGauge(
                "connections.loop.position", () => Each(l => l.Position), "{position}", "Everything up to here is done by a loop of this process.");
            meter.CreateObservableGauge(
                "connections.loop.failing", () => Each(l => l.State == LoopState.Failing ? 1 : 0), "{loop}", "1 while a loop stands before something.");
        }

        if (services.GetService<OperatorFaults>() is { } faults)
            meter.CreateObservableGauge("connections.operator.faults", () => faults.Open, "{fault}", "Causes that only an operator can mend.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
