using System.Diagnostics;
using System.Diagnostics.Metrics;
using EventSourcing;

namespace Connections.Connectors.Pipeline;

/// <summary>Traces and metrics of connector calls: connector, action, duration and outcome.</summary>
public static class CallMeter
{
    public const string Name = "Connections.Connectors";

    /// <summary>The action name of a probe. Activities use their own ids.</summary>
    public const string Probe = "probe";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "connections.connector.duration",
        "s",
        "How long calls of connectors took, short retries included.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] });

    internal static Activity? Begin(string connector, string action, ConnectionUse use) =>
        Flow.RunActivity.Begin("connector", kind: ActivityKind.Client)
            ?.SetTag(HopTags.Connector, connector).SetTag(HopTags.Action, action).SetTag(HopTags.Connection, use.Id);

    internal static void End(Activity? hop, string connector, string action, ConnectorResult result, TimeSpan took)
    {
        hop?.SetTag(HopTags.Outcome, result.Outcome);
        if (result is ConnectorResult.Failed) hop?.SetStatus(ActivityStatusCode.Error);
        Durations.Record(
            took.TotalSeconds, new TagList { { "connector", connector }, { "action", action }, { "outcome", result.Outcome } });
    }
}
