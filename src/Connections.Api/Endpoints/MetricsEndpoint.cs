using System.Diagnostics.Metrics;
using EventSourcing.Sql;
using OpenTelemetry.Metrics;

namespace Connections.Api;

/// <summary>Numbers for Prometheus: requests, the runtime, and how far the loops of this process are.</summary>
public static class MetricsEndpoint
{
    public static IServiceCollection AddMetricsEndpoint(this IServiceCollection services)
    {
        services.AddHostedService<LoopMeter>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(LoopMeter.Name, "Microsoft.AspNetCore.Hosting", "System.Runtime")
            .AddPrometheusExporter());
        return services;
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics").Needs(Role.Viewer);

    private sealed class LoopMeter(LoopHealth loops, IMeterFactory meters) : IHostedService
    {
        public const string Name = "Connections";

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var meter = meters.Create(Name);
            meter.CreateObservableGauge("connections.loop.position", () => Of(l => l.Position), description: "Everything up to here is done.");
            meter.CreateObservableGauge(
                "connections.loop.failing", () => Of(l => l.State == LoopState.Failing ? 1 : 0), description: "1 while it stands before something.");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private IEnumerable<Measurement<long>> Of(Func<LoopStatus, long> value) =>
            loops.Loops.Select(l => new Measurement<long>(value(l), new KeyValuePair<string, object?>("loop", l.Name)));
    }
}
