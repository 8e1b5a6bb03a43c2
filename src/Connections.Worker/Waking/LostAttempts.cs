using Connections.Domain;
using Connections.Domain.Activity;
using Connections.ReadModels.Waits;
using EventSourcing;

namespace Connections.Worker.Waking;

/// <summary>
/// Ends attempts whose worker was lost. Repeatable attempts run again. The outcome of the others is unknown. The running time counts from
/// when this class first saw the attempt, because the clock of the worker's machine may differ.
/// </summary>
public sealed class LostAttempts(WaitQueries waits, ActivityStreams activities, TimeProvider clock, ILogger<LostAttempts> log)
{
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(Guid Activity, long Revision), long> firstSeen = [];

    public async Task Judge(CancellationToken ct)
    {
        var running = await waits.Running(long.MaxValue, ct);
        foreach (var gone in firstSeen.Keys.Except(running.Select(r => (r.Wait.Id, r.Wait.Revision))).ToArray()) firstSeen.Remove(gone);
        foreach (var (wait, seconds) in running)
        {
            var now = clock.GetTimestamp();
            if (!firstSeen.TryGetValue((wait.Id, wait.Revision), out var first)) firstSeen[(wait.Id, wait.Revision)] = first = now;
            if (clock.GetElapsedTime(first, now) > TimeSpan.FromSeconds(seconds) + GracePeriod) await RecordLost(wait, ct);
        }
    }

    /// <summary>Ends all attempts begun up to a position. Use it only when all workers are in this process.</summary>
    public async Task JudgeAll(long begunUpTo, CancellationToken ct)
    {
        foreach (var (wait, _) in await waits.Running(begunUpTo, ct)) await RecordLost(wait, ct);
    }

    private async Task RecordLost(Wait wait, CancellationToken ct)
    {
        log.LogWarning("Attempt {Attempt} of activity {Activity} of {Workspace} was lost", wait.Attempts, wait.Id, wait.Workspace);
        try
        {
            await activities.Handle(
                new ActivityId(wait.Workspace, wait.Id),
                new JudgeLostAttempt(wait.Attempts, clock.GetUtcNow(), Random.Shared.NextDouble()),
                new EventMetadata(wait.Workspace, "lost-attempts"),
                ct);
        }
        catch (StreamConflictException)
        {
            // The activity changed, so its worker may be alive. The next run judges it again.
        }
    }
}
