using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Hosting.Health;
using EventSourcing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Connections.Hosting.Telemetry;

/// <summary>What a host shows of itself. Nothing is traced, and little counted, where nobody is to be told.</summary>
public static class TelemetryRegistration
{
    /// <summary>Where a collector takes traces and metrics in; with its sisters, as OpenTelemetry names them.</summary>
    public const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The meter of what all hosts share.</summary>
    public const string Overview = "Connections.Overview";

    /// <summary>Those of the service itself, of the web server and of the runtime.</summary>
    public static readonly string[] Meters =
        [HostMeter.Name, DomainMetrics.Meter, CallMeter.Name, Overview, "Microsoft.AspNetCore.Hosting", "System.Runtime"];

    // addresses are asked for by probes and by who scrapes, over and over
    private static readonly string[] NotTraced = ["/health", "/metrics"];

    /// <param name="host">As the traces name it.</param>
    public static IHostApplicationBuilder AddTelemetry(this IHostApplicationBuilder builder, string host)
    {
        builder.Services.AddServiceHealth();
        builder.Services.TryAddSingleton<Readiness>();
        builder.Services.AddHostedService<HostMeter>();
        builder.Services.AddHostedService<HopLog>();
        if (string.IsNullOrEmpty(builder.Configuration[Collector])) return builder;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(host, "connections"))
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddOtlpExporter())
            .WithTracing(traces => traces
                .AddSource([.. Flow.All.Select(r => r.Name), "MassTransit"])
                .AddAspNetCoreInstrumentation(http =>
                {
                    http.Filter = call => !Array.Exists(NotTraced, path => call.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));
                    // what people typed into searches, and codes of sign-ins
                    http.EnrichWithHttpRequest = (span, _) => span.SetTag("url.query", null);
                })
                .AddOtlpExporter());
        return builder;
    }

    /// <summary>Metrics as Prometheus reads them, to be served somewhere.</summary>
    public static void AddScrapedMetrics(this IServiceCollection services) =>
        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(Meters).AddPrometheusExporter());
}
