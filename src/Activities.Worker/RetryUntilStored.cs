using EventSourcing;

namespace Activities.Worker;

/// <summary>For what must not be lost while log, vault or SQL cannot be reached: tried again after 1, 2, 4 … 30 s, for as long as it takes.</summary>
public sealed class RetryUntilStored(TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public async Task Run(Func<Task> work, ILogger log)
    {
        for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 2 < Longest ? pause * 2 : Longest)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception broken) when (broken is not RejectedException)
            {
                log.LogWarning(broken, "An outcome could not be appended; it is tried again in {Pause}", pause);
            }

            await Task.Delay(pause, clock);
        }
    }
}
