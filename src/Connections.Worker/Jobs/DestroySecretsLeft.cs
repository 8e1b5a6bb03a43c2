using Connections.Domain;
using Connections.ReadModels.Connections;
using Connections.Worker.Reactors;
using EventSourcing;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>Retries the destruction of secrets that deleted connections still have. A failure does not hold up the others.</summary>
[DisallowConcurrentExecution]
public sealed class DestroySecretsLeft(ConnectionQueries connections, SecretsDestruction secrets, ILogger<DestroySecretsLeft> logger) : IJob
{
    private const int Page = 500;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await TryAgain(cancellationToken);

    public async Task TryAgain(CancellationToken ct)
    {
        ConnectionId? last = null;
        do
        {
            var page = await connections.SecretsLeft(last, Page, ct);
            foreach (var id in page) await TryAgain(id, ct);
            last = page.Count == Page ? page[^1] : null;
        }
        while (last is not null);
    }

    private async Task TryAgain(ConnectionId id, CancellationToken ct)
    {
        try
        {
            await secrets.Destroy(id, new EventMetadata(id.Workspace, "destroy-secrets"), ct);
        }
        catch (Exception failed) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning(
                "The secrets of connection {Connection} of {Workspace} could not be destroyed: {Error}", id.Value, id.Workspace, failed.GetType().Name);
        }
    }
}
