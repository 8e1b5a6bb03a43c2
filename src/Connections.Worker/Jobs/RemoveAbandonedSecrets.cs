using Connections.Credentials.OneTime;
using Connections.ReadModels.Retention;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Removes one-time secrets whose command took them and never ended. Nothing is removed while the clock is far ahead of what the service knows:
/// a command that still waits for a store would be without its secret.
/// </summary>
[DisallowConcurrentExecution]
public sealed class RemoveAbandonedSecrets(IOneTimeSecrets secrets, ClockGuard guard) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Remove(cancellationToken);

    public async Task Remove(CancellationToken ct)
    {
        if (await guard.Now(ct) is { } now) await secrets.RemoveAbandoned(now, ct);
    }
}
