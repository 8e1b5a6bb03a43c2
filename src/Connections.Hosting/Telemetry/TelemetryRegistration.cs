using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Files;
using Connections.Hosting.Health;
using EventSourcing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Connections.Hosting.Telemetry;

/// <summary>Registers metrics, traces and health checks. Without a collector, the host creates no traces.</summary>
public static class TelemetryRegistration
{
    /// <summary>The setting with the address of the collector. The related OpenTelemetry settings apply too.</summary>
    public const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The name of the meter about what all hosts share.</summary>
    public const string Overview = "Connections.Overview";

    /// <summary>The meters of the service, of the web server and of the runtime.</summary>
    public static readonly string[] Meters =
        [HostMeter.Name, DomainMetrics.Meter, CallMeter.Name, FileMeter.Name, Overview, "Microsoft.AspNetCore.Hosting", "System.Runtime"];

    // Probes and scrapers request these paths all the time.
    private static readonly string[] NotTraced = ["/health", "/metrics"];

    /// <param name="host">The name of the host in traces.</param>
    public static IHostApplicationBuilder AddTelemetry(this IHostApplicationBuilder builder, string host)
    {
        builder.Services.AddServiceHealth();
        builder.Services.TryAddSingleton<Readiness>();
        builder.Services.AddHostedService<HostMeter>();
        builder.Services.AddHostedService<HopLog>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(host, "connections", ServiceVersion.Text));
        if (string.IsNullOrEmpty(builder.Configuration[Collector])) return builder;
        builder.Services.AddOptions<OtlpExporterOptions>().Configure(CollectorClient.Configure(builder.Configuration));
        telemetry
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddOtlpExporter())
            .WithTracing(traces => traces
                .AddSource([.. Flow.All.Select(r => r.Name), "MassTransit"])
                .AddAspNetCoreInstrumentation(http =>
                {
                    http.Filter = call => !Array.Exists(NotTraced, path => call.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));
                    // The query can hold search texts and authorization codes.
                    http.EnrichWithHttpRequest = (span, _) => span.SetTag("url.query", null);
                })
                .AddOtlpExporter());
        return builder;
    }

    /// <summary>Adds the Prometheus exporter. The caller maps an endpoint for it.</summary>
    public static void AddScrapedMetrics(this IServiceCollection services) =>
        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(Meters).AddPrometheusExporter());
}
