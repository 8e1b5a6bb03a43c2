using Connections.Domain;
using Connections.Operations.Grants;
using Connections.ReadModels.Grants;
using EventSourcing;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Finds sign-ins that are expected to expire soon, and records a warning for each. The connection remembers the warnings it has. A failed
/// warning does not hold up the others.
/// </summary>
[DisallowConcurrentExecution]
public sealed class WarnOfEndingGrants(GrantQueries grants, GrantWarnings warnings, TimeProvider clock, ILogger<WarnOfEndingGrants> logger) : IJob
{
    private const int MaxPerRun = 5_000; // the rest follows in an hour

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Warn(cancellationToken);

    public async Task Warn(CancellationToken ct)
    {
        foreach (var grant in await grants.DueForWarning(clock.GetUtcNow(), MaxPerRun, ct)) await Warn(grant, ct);
    }

    private async Task Warn(GrantView grant, CancellationToken ct)
    {
        try
        {
            await warnings.Warn(new ConnectionId(grant.Workspace, grant.Id), new EventMetadata(grant.Workspace, "expiry-sweep"), ct);
        }
        catch (Exception failed) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning(
                "The expiry warning of connection {Connection} of {Workspace} failed: {Error}", grant.Id, grant.Workspace, failed.GetType().Name);
        }
    }
}
