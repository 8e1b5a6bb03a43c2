using Connections.Worker.Waking;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>Finds attempts whose worker was lost.</summary>
[DisallowConcurrentExecution]
public sealed class FindLostAttempts(LostAttempts lost) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await lost.Judge(cancellationToken);
}
