using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Connections.Hosting.Telemetry;

/// <summary>
/// Serves probes and metrics for a host without an HTTP interface, on the address and port in <c>Health:Listen</c>, which belong on an
/// internal network. The listener starts before the services that wait for the stores, and reports which store is missing.
/// </summary>
public static class HealthListener
{
    private const string Key = "Health:Listen";
    private const int MaxConnections = 100; // the listener shares the descriptors of a worker

    public static IHostApplicationBuilder AddHealthListener(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration[Key] is not { Length: > 0 } listen) return builder;
        builder.Services.AddScrapedMetrics();
        builder.Services.AddHostedService(p => new Listener(p, listen));
        return builder;
    }

    private sealed class Listener(IServiceProvider host, string listen) : IHostedLifecycleService, IAsyncDisposable
    {
        private readonly WebApplication app = Build(host, listen);

        public Task StartingAsync(CancellationToken cancellationToken) => app.StartAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => app.StopAsync(cancellationToken);

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private static WebApplication Build(IServiceProvider host, string listen)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls($"http://{listen}").ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            });
            builder.Services.AddRoutingCore();
            builder.Services.AddSingleton(host.GetRequiredService<ILoggerFactory>());
            var app = builder.Build();
            app.MapGet("/health/live", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(HealthResponse.Live)));
            app.MapGet("/health/ready", (RequestDelegate)(async http =>
            {
                var health = await host.GetRequiredService<Readiness>().Check(bus: true, http.RequestAborted);
                http.Response.StatusCode = health.Status == "ready" ? 200 : 503;
                await http.Response.WriteAsJsonAsync(health, http.RequestAborted);
            }));
            app.MapPrometheusScrapingEndpoint("/metrics", host.GetRequiredService<MeterProvider>(), null, null);
            return app;
        }
    }
}
