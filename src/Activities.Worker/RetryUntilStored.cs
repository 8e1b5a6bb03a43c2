using EventSourcing;

namespace Activities.Worker;

/// <summary>
/// Retries work after 1, 2, 4 … 30 s, without limit unless it is cancelled. For outcomes and stages that must not be lost while the log,
/// the vault or SQL is unavailable.
/// </summary>
public sealed class RetryUntilStored(TimeProvider clock)
{
    public async Task Run(Func<Task> work, ILogger log, CancellationToken ct = default)
    {
        for (var backoff = new Backoff(BackoffCurve.Default, clock); ; await backoff.Wait(ct))
        {
            try
            {
                await work();
                return;
            }
            catch (Exception broken) when (broken is not RejectedException && !ct.IsCancellationRequested)
            {
                log.LogWarning(broken, "An outcome or a stage could not be stored; retrying in {Pause}", backoff.Next);
            }
        }
    }
}
