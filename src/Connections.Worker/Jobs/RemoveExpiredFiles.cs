using Connections.Files.Storage;
using Connections.ReadModels.Retention;
using Quartz;

namespace Connections.Worker.Jobs;

/// <summary>
/// Removes expired files and orphaned bytes. Callers cannot read a file once it has expired. Its bytes are kept three days longer: a clock
/// may be ahead by as much and still be trusted, and once it is set right, a file that was removed too early would be missing.
/// </summary>
[DisallowConcurrentExecution]
public sealed class RemoveExpiredFiles(FileSweep sweep, ClockGuard guard) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Remove(cancellationToken);

    public async Task Remove(CancellationToken ct)
    {
        if (await guard.Now(ct) is { } now) await sweep.Run(now, KnownTime.MaxStep, ct);
    }
}
