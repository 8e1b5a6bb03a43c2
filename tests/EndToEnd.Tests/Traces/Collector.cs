using System.Collections.Concurrent;
using System.Net;
using EndToEnd.Tests.Canaries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests.Traces;

/// <summary>An exported span.</summary>
/// <param name="Host">The service name of the span.</param>
/// <param name="Parent">Empty for a root span.</param>
internal sealed record Span(
    string Host, string Source, string Name, string Trace, string Id, string Parent, IReadOnlyDictionary<string, string> Tags)
{
    public string this[string tag] => Tags.GetValueOrDefault(tag, "");
}

/// <summary>Receives and records what hosts export by OTLP over HTTP.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;

    private Collector(WebApplication app) => this.app = app;

    public ConcurrentQueue<Span> Spans { get; } = new();

    /// <summary>The names of metrics, each with the host that exported it.</summary>
    public ConcurrentDictionary<(string Host, string Metric), byte> Metrics { get; } = new();

    /// <summary>All received bytes.</summary>
    public ConcurrentQueue<Place> Bytes { get; } = new();

    /// <summary>Exports that could not be read.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>The environment of a host that exports here without delay.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        // An export that takes longer is lost, and other tests use this process and the cores meanwhile.
        ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "60000",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000"
    };

    public static async Task<Collector> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new Collector(builder.Build());
        collector.app.Run(collector.Take);
        await collector.app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var traces = context.Request.Path == "/v1/traces";
        Bytes.Enqueue(new Place(traces ? Place.Trace : Place.Metrics, context.Request.Path, body.ToArray()));
        try
        {
            Record(body.ToArray(), traces);
        }
        catch (Exception e)
        {
            Faults.Enqueue($"{context.Request.Path}: {e}");
            throw;
        }
    }

    private void Record(byte[] export, bool traces)
    {
        foreach (var ofHost in new ProtobufFields(export).Messages(1))
        {
            var host = ofHost.Messages(1).SelectMany(Tags).Single(t => t.Key == "service.name").Value;
            foreach (var scope in ofHost.Messages(2))
            {
                var source = scope.Messages(1).Single().Text(1);
                foreach (var one in scope.Messages(2))
                {
                    if (traces) Spans.Enqueue(Read(one, host, source));
                    else Metrics[(host, one.Text(1))] = 0;
                }
            }
        }
    }

    private static Span Read(ProtobufFields span, string host, string source) => new(
        host, source, span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), span.Messages(9).Select(Tag).ToDictionary(t => t.Key, t => t.Value));

    private static IEnumerable<KeyValuePair<string, string>> Tags(ProtobufFields resource) => resource.Messages(1).Select(Tag);

    private static KeyValuePair<string, string> Tag(ProtobufFields pair)
    {
        var value = pair.Messages(2).Single();
        return new(pair.Text(1), value.Has(1) ? value.Text(1) : $"{value.Value(3)}");
    }
}
