using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connections.Hosting.Health;

/// <summary>A health check that lists what is missing. An empty list means healthy.</summary>
internal abstract class ServiceCheck : IHealthCheck
{
    private const string Key = "missing";

    public static IEnumerable<string> Missing(HealthReportEntry entry) =>
        entry.Data.TryGetValue(Key, out var missing) ? (IReadOnlyList<string>)missing : [];

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var missing = await Missing(cancellationToken);
        return missing.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(data: new Dictionary<string, object> { [Key] = missing });
    }

    protected abstract Task<IReadOnlyList<string>> Missing(CancellationToken ct);
}

/// <summary>A health check that reads from a store. A probe waits five seconds, so a store has two seconds to answer.</summary>
internal abstract class StoreCheck : ServiceCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    protected abstract string Store { get; }

    protected abstract Task Read(CancellationToken ct);

    protected virtual string Describe(Exception fault) => "not available";

    protected override async Task<IReadOnlyList<string>> Missing(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Timeout);
        try
        {
            await Read(limit.Token);
            return [];
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            return [$"{Store}: {(fault is OperationCanceledException ? "it does not answer" : Describe(fault))}"];
        }
    }
}
