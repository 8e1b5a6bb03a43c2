using Connections.Hosting.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connections.Hosting.Telemetry;

/// <param name="Missing">What keeps it from serving, in words.</param>
public sealed record HealthResponse(string Status, IReadOnlyList<string>? Missing)
{
    public static readonly HealthResponse Live = new("live", null);
}

/// <summary>Looks at the log, at the database of the rows, at the loops of this process, and where asked to at the bus.</summary>
public sealed class Readiness(HealthCheckService checks)
{
    /// <param name="bus">For who does nothing without it; a call by HTTP is taken while it is away.</param>
    public async Task<HealthResponse> Check(bool bus, CancellationToken ct)
    {
        var report = await checks.CheckHealthAsync(
            check => check.Tags.Contains(HealthChecks.Ready) || (bus && check.Tags.Contains(HealthChecks.Bus)), ct);
        if (report.Status == HealthStatus.Healthy) return new HealthResponse("ready", null);
        return new HealthResponse("notReady", [.. report.Entries.SelectMany(entry => Missing(entry.Key, entry.Value))]);
    }

    private static List<string> Missing(string check, HealthReportEntry entry)
    {
        var missing = ServiceCheck.Missing(entry).ToList();
        // A check that itself failed is missing too: without this line the host would be not ready for no reason that anybody can read.
        return missing.Count == 0 && entry.Status != HealthStatus.Healthy ? [$"{check}: {entry.Exception?.GetType().Name ?? "it does not answer"}"] : missing;
    }
}
