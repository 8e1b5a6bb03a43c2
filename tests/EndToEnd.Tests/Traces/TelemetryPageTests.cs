using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Files;
using Connections.Hosting.Telemetry;
using EndToEnd.Tests.Canaries;
using EndToEnd.Tests.Harness;
using EventSourcing;
using TestServers;

namespace EndToEnd.Tests.Traces;

/// <summary>docs/telemetry.md lists exactly the metrics, flows and attributes of the service.</summary>
public sealed partial class TelemetryPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryFolder.Root, "docs", "telemetry.md"));

    [Fact]
    public async Task Each_metric_is_on_the_page_with_its_unit_and_each_on_the_page_exists()
    {
        var found = new ConcurrentDictionary<string, string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith("Connections", StringComparison.Ordinal)) found[instrument.Name] = instrument.Unit ?? "";
        };
        listener.Start();
        var meters = typeof(TelemetryRegistration).Assembly.GetTypes().Where(t => t.Name.EndsWith("Meter", StringComparison.Ordinal));
        Type[] counting = [typeof(DomainMetrics), typeof(CallMeter), typeof(FileMeter), .. meters];
        Assert.Equal(4, counting.Length);
        foreach (var type in counting) RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        using var folder = new DataFolder();
        await using (await InProcessHost.Start(folder.Path))
            await Until.Holds(() => found.ContainsKey("connections.loop.lag"), "the meters are there");

        var documented = Metric().Matches(Page).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["unit"].Value);
        Assert.True(documented.Count > 10);
        Assert.Equal(
            found.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key} {m.Value}"),
            documented.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key} {m.Value}"));
    }

    [Fact]
    public void Each_flow_and_each_attribute_is_on_the_page_and_each_on_the_page_exists()
    {
        Assert.Equal(5, Flow.All.Count);
        Assert.Equal(Flow.All.Select(r => r.Name).Order(), Source().Matches(Page).Select(m => m.Groups[1].Value).Order());
        var fields = typeof(HopTags).GetFields(BindingFlags.Public | BindingFlags.Static);
        var tags = fields.Select(f => (string)f.GetRawConstantValue()!).ToArray();
        Assert.NotEmpty(tags);
        Assert.Equal(tags.Order(), Attribute().Matches(Page).Select(m => m.Groups[1].Value).Order());
    }

    [GeneratedRegex(@"^\| `(?<name>connections\.[a-z_.]+)` \| (?<unit>\S+) \|.*\|.*\|.*\|$", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `(Connections\.\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Source();

    [GeneratedRegex(@"^\| `(connections\.[a-z.]+)` \| [^|]*\|$", RegexOptions.Multiline)]
    private static partial Regex Attribute();
}
