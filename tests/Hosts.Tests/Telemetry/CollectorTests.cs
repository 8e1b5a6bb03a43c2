using System.Diagnostics;
using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using TestServers;

namespace Hosts.Tests.Telemetry;

/// <summary>The TLS connection to the collector of traces and metrics.</summary>
public sealed class CollectorTests : IAsyncLifetime
{
    private const string Category = "Connections.Collector";

    private readonly string folder = Directory.CreateTempSubdirectory("otlp-").FullName;
    private readonly DownloadListener listener = new();
    private readonly TestAuthority root = new("Test Root CA");
    private TestAuthority issuer = null!;

    public ValueTask InitializeAsync()
    {
        root.Sources = listener.Address;
        issuer = root.Intermediate("Test Issuing CA");
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("grpc", false)]
    [InlineData("grpc", true)]
    [InlineData("http/protobuf", false)]
    [InlineData("http/protobuf", true)]
    public async Task An_export_fetches_nothing_that_a_certificate_names(string protocol, bool sendsIntermediate)
    {
        Assert.SkipUnless(OpenSslServer.Available, OpenSslServer.NotInstalled);
        await using var server = await OpenSslServer.Start(
            issuer.Issue(OpenSslServer.Host), sendsIntermediate ? [issuer.Pem] : [], protocol == "grpc" ? "h2" : "http/1.1");
        using var host = Create(server.Port, protocol);
        Export(host);
        Assert.Equal(0, await listener.CountConnections());
    }

    [Fact]
    public async Task A_collector_of_the_configured_authority_is_used()
    {
        using var certificates = new TestCertificates();
        await using var server = await ApiServer.Start(certificates.Issue(expired: false, "127.0.0.1"));
        var authority = Write("ca.pem", certificates.AuthorityPem);
        using var host = Create(server.Port, "http/protobuf", ("OTEL_EXPORTER_OTLP_CERTIFICATE", authority));
        Export(host);
        Assert.Contains(server.Requests, r => r.Target == "/v1/metrics");
    }

    [Fact]
    public async Task A_collector_that_takes_nothing_is_one_warning_until_it_takes_exports_again()
    {
        await using var server = await ApiServer.Start();
        using var logs = new CapturedLogs();
        using var host = Create($"http://127.0.0.1:{server.Port}", "http/protobuf", logs);
        var takes = server.Answer;
        server.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        Export(host);
        Export(host);
        Assert.Equal(
            [Lost(server.Port, "metrics", "status 503"), Lost(server.Port, "traces", "status 503")],
            OfCollector(logs, LogLevel.Warning));

        server.Answer = takes;
        Export(host);
        Assert.Equal(
            [$"The collector at http://127.0.0.1:{server.Port}/v1/metrics takes exports again", $"The collector at http://127.0.0.1:{server.Port}/v1/traces takes exports again"],
            OfCollector(logs, LogLevel.Information));

        await server.Stop();
        Export(host);
        Assert.Equal(
            [Lost(server.Port, "metrics", "ConnectionError"), Lost(server.Port, "traces", "ConnectionError")],
            OfCollector(logs, LogLevel.Warning).Where(line => line.Contains("ConnectionError", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_failed_export_over_gRPC_is_a_warning()
    {
        await using var server = await ApiServer.Start();
        await server.Stop();
        using var logs = new CapturedLogs();
        using var host = Create($"http://127.0.0.1:{server.Port}", "grpc", logs);
        Export(host);
        Assert.Equal(2, OfCollector(logs, LogLevel.Warning).Count(line => line.Contains("(ConnectionError)", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE")]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE")]
    public void A_file_without_a_certificate_is_rejected(string key)
    {
        var refused = Assert.Throws<HostSettingsException>(() => Create(1, "grpc", (key, Write("none.pem", "nothing"))));
        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        issuer.Dispose();
        root.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string Lost(int port, string signal, string reason) =>
        $"The collector at http://127.0.0.1:{port}/v1/{signal} did not take an export ({reason}). Exports are lost until it takes them again";

    private static IEnumerable<string> OfCollector(CapturedLogs logs, LogLevel level) => logs.At(level)
        .Where(line => line.Contains(Category, StringComparison.Ordinal))
        .Select(line => line.Split("  " + Category)[0])
        .Order(StringComparer.Ordinal);

    private static IHost Create(int port, string protocol, params (string Key, string Value)[] settings) =>
        Create($"https://127.0.0.1:{port}", protocol, null, settings);

    private static IHost Create(string collector, string protocol, CapturedLogs? logs, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        if (logs is not null) builder.Logging.AddProvider(logs);
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector;
        builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.AddTelemetry("Hosts.Tests");
        return builder.Build();
    }

    private static void Export(IHost host)
    {
        var (metrics, traces) = (host.Services.GetRequiredService<MeterProvider>(), host.Services.GetRequiredService<TracerProvider>());
        using (var source = new ActivitySource("MassTransit"))
        using (source.StartActivity("of-a-test"))
        {
            // An empty span is exported too.
        }

        traces.ForceFlush(20_000);
        metrics.ForceFlush(20_000);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
