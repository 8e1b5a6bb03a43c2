using Connections.Domain;
using Connections.Domain.Activity;
using Connections.ReadModels.Waits;
using EventSourcing;

namespace Connections.Worker.Waking;

/// <summary>
/// Ends attempts whose worker was lost: repeatable ones are run again, of the others the outcome is unknown. How long an attempt has run is
/// counted here, from when it was first seen, and not by the clock of the machine that runs it.
/// </summary>
public sealed class LostAttempts(WaitQueries waits, ActivityStreams activities, TimeProvider clock, ILogger<LostAttempts> log)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(Guid Activity, long Revision), long> firstSeen = [];

    public async Task Judge(CancellationToken ct)
    {
        var running = await waits.Running(long.MaxValue, ct);
        foreach (var gone in firstSeen.Keys.Except(running.Select(r => (r.Wait.Id, r.Wait.Revision))).ToArray()) firstSeen.Remove(gone);
        foreach (var (wait, seconds) in running)
        {
            var now = clock.GetTimestamp();
            if (!firstSeen.TryGetValue((wait.Id, wait.Revision), out var first)) firstSeen[(wait.Id, wait.Revision)] = first = now;
            if (clock.GetElapsedTime(first, now) > TimeSpan.FromSeconds(seconds) + Grace) await Lost(wait, ct);
        }
    }

    /// <summary>Where all workers are in this process: what was begun before it started runs no more.</summary>
    public async Task JudgeAll(long begunUpTo, CancellationToken ct)
    {
        foreach (var (wait, _) in await waits.Running(begunUpTo, ct)) await Lost(wait, ct);
    }

    private async Task Lost(Wait wait, CancellationToken ct)
    {
        log.LogWarning("Attempt {Attempt} of activity {Activity} of {Workspace} was lost", wait.Attempts, wait.Id, wait.Workspace);
        try
        {
            await activities.Handle(
                ActivityDecider.Stream(wait.Workspace, wait.Id),
                new JudgeLostAttempt(wait.Attempts, clock.GetUtcNow(), Random.Shared.NextDouble()),
                new EventMetadata(wait.Workspace, "lost-attempts"),
                ct);
        }
        catch (StreamConflictException)
        {
            // somebody is at work on it after all: judged again next time, and no other held up
        }
    }
}
