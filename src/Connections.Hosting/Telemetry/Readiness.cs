using Connections.Connectors.Catalogue;
using Connections.Hosting.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connections.Hosting.Telemetry;

/// <param name="Missing">The reasons why the host is not ready, one sentence each.</param>
/// <param name="LeftOut">Connectors of users that are left out because of mistakes in their files; the host is ready without them.</param>
public sealed record HealthResponse(string Status, IReadOnlyList<string>? Missing, IReadOnlyList<string>? LeftOut = null)
{
    public static readonly HealthResponse Live = new("live", null);
}

/// <summary>Checks the event log, the read models, the loops of this process, and optionally the bus.</summary>
public sealed class Readiness(HealthCheckService checks, ConnectorCatalogue catalogue)
{
    /// <param name="bus">True for hosts that do nothing without the bus. The Api accepts HTTP requests while the bus is
    /// unavailable.</param>
    public async Task<HealthResponse> Check(bool bus, CancellationToken ct)
    {
        var report = await checks.CheckHealthAsync(
            check => check.Tags.Contains(HealthChecks.Ready) || (bus && check.Tags.Contains(HealthChecks.Bus)), ct);
        if (report.Status == HealthStatus.Healthy) return new HealthResponse("ready", null, LeftOut());
        return new HealthResponse("notReady", [.. report.Entries.SelectMany(entry => Missing(entry.Key, entry.Value))], LeftOut());
    }

    private List<string>? LeftOut() => catalogue.Broken.Count == 0 ? null
        : [.. catalogue.Broken.Select(b => $"{b.Name}: {b.Faults.Count} {(b.Faults.Count == 1 ? "mistake" : "mistakes")}; see broken in GET /api/connectors.")];

    private static List<string> Missing(string check, HealthReportEntry entry)
    {
        var missing = ServiceCheck.Missing(entry).ToList();
        // A check that threw reports nothing by itself: without this line the host would be not ready without a reason.
        return missing.Count == 0 && entry.Status != HealthStatus.Healthy
            ? [$"{check}: {entry.Exception?.GetType().Name ?? "it does not answer"}"]
            : missing;
    }
}
