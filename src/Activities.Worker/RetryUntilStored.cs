using EventSourcing;

namespace Activities.Worker;

/// <summary>
/// Retries work without limit after 1, 2, 4 … 30 s. For outcomes that must not be lost while the log, the vault or SQL is unavailable.
/// </summary>
public sealed class RetryUntilStored(TimeProvider clock)
{
    public async Task Run(Func<Task> work, ILogger log)
    {
        for (var backoff = new Backoff(BackoffCurve.Default, clock); ; await backoff.Wait(CancellationToken.None))
        {
            try
            {
                await work();
                return;
            }
            catch (Exception broken) when (broken is not RejectedException)
            {
                log.LogWarning(broken, "An outcome could not be stored; retrying in {Pause}", backoff.Next);
            }
        }
    }
}
