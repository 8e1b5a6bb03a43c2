namespace Connections.Domain.Activity;

/// <summary>A running attempt stored how far its job has come. Only the attempt that runs can do so.</summary>
public sealed record SaveStage(
    int Attempt, string Entry, Guid ConnectionId, bool Resumable, StageProgress? Progress) : ActivityCommand;

public static partial class ActivityDecider
{
    public static IReadOnlyList<ActivityEvent> Decide(SaveStage c, ActivityState now) =>
        now.Status == ActivityStatus.Running && now.Attempts == c.Attempt && now.Stage?.Entry != c.Entry
            ? [new ActivityStageSaved(c.Attempt, c.Entry, c.ConnectionId, c.Resumable, c.Progress)]
            : [];
}
