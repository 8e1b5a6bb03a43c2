using Connections.Domain;
using Connections.Domain.Activity;
using Connections.ReadModels.Waits;
using EventSourcing;

namespace Connections.Worker.Waking;

/// <summary>
/// Ends attempts whose worker was lost. Repeatable attempts run again. The outcome of the others is unknown. The running time is what
/// these runs observed with clocks that are not set, and it is stored: the clocks of machines may differ, and the owner of the job may
/// change at any time. Each change of the owner delays the end by at most <see cref="MostObserved"/>.
/// </summary>
public sealed class LostAttempts(WaitQueries waits, ActivityStreams activities, TimeProvider clock, ILogger<LostAttempts> log) : IDisposable
{
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(30);

    // Another instance may have owned the job since the last run here. It counted that time already.
    private static readonly TimeSpan MostObserved = TimeSpan.FromSeconds(20);

    // Of two runs that meet, the second one waits: each observed time is added once.
    private readonly SemaphoreSlim turn = new(1, 1);
    private Run? last;

    public async Task Judge(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            await JudgeInTurn(ct);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task JudgeInTurn(CancellationToken ct)
    {
        (var before, last) = (last, null);
        var now = new Run(clock.GetTimestamp(), await waits.NewestRunning(ct));
        if (before is { Newest: > Position.Start })
        {
            var elapsed = clock.GetElapsedTime(before.At, now.At);
            await waits.AddRunningTime(before.Newest, elapsed < MostObserved ? elapsed : MostObserved, ct);
        }

        last = now; // set before the attempts are judged, since one of them may fail
        if (now.Newest > Position.Start)
            foreach (var wait in await waits.Lost(now.Newest, GracePeriod, ct)) await RecordLost(wait, ct);
    }

    /// <summary>Ends all attempts begun up to a position. Use it only when all workers are in this process.</summary>
    public async Task JudgeAll(long begunUpTo, CancellationToken ct)
    {
        foreach (var wait in await waits.Running(begunUpTo, ct)) await RecordLost(wait, ct);
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
        catch (UnknownEventException unknown)
        {
            // A newer version wrote it, during an upgrade. The others are judged all the same.
            log.LogError("Activity {Activity} of {Workspace} cannot be judged: {Reason}", wait.Id, wait.Workspace, unknown.Message);
        }
    }

    /// <param name="At">A timestamp of the clock.</param>
    /// <param name="Newest">The position at which the newest running attempt started.</param>
    private sealed record Run(long At, long Newest);
}
