using Connections.Operations.Grants;
using Connections.ReadModels.Grants;
using EventSourcing;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Finds sign-ins that are expected to end soon, and has people warned; the connection knows what it was warned of. One that fails holds up
/// no other.
/// </summary>
[DisallowConcurrentExecution]
public sealed class WarnOfEndingGrants(GrantQueries grants, GrantWarnings warnings, TimeProvider clock, ILogger<WarnOfEndingGrants> logger) : IJob
{
    private const int Most = 5_000; // the rest in an hour

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Warn(cancellationToken);

    public async Task Warn(CancellationToken ct)
    {
        foreach (var grant in await grants.DueForWarning(clock.GetUtcNow(), Most, ct)) await Warn(grant, ct);
    }

    private async Task Warn(GrantView grant, CancellationToken ct)
    {
        try
        {
            await warnings.Warn(grant.Workspace, grant.Id, new EventMetadata(grant.Workspace, "expiry-sweep"), ct);
        }
        catch (Exception failed) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning(
                "Nobody could be warned of connection {Connection} of {Workspace}: {Error}", grant.Id, grant.Workspace, failed.GetType().Name);
        }
    }
}
