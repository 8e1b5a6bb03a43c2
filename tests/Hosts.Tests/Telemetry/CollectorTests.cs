using System.Diagnostics;
using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using TestServers;

namespace Hosts.Tests.Telemetry;

/// <summary>The TLS connection to the collector of traces and metrics.</summary>
public sealed class CollectorTests : IAsyncLifetime
{
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

    private static IHost Create(int port, string protocol, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"https://127.0.0.1:{port}";
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
