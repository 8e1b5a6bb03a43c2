using System.Diagnostics;
using EventSourcing;

namespace Connections.Domain.Activity;

public abstract record ActivityCommand;

/// <summary>Activities: their stored names and rules.</summary>
public static partial class ActivityDecider
{
    // Stored names are permanent: a class may be renamed, its string may not.
    public static readonly EventTypes Names = new EventTypes()
        .Map<ActivityRequested>("activity-requested")
        .Map<ActivityStarted>("activity-started")
        .Map<ActivityStageSaved>("activity-stage-saved")
        .Map<ActivityDeferred>("activity-deferred")
        .Map<ActivitySucceeded>("activity-succeeded")
        .Map<ActivityFailed>("activity-failed")
        .Map<ActivityOutcomeUnknown>("activity-outcome-unknown")
        .Map<ActivityCancelled>("activity-cancelled");

    public static readonly Decider<ActivityState, ActivityCommand, ActivityEvent> Decider =
        new(ActivityState.Initial, ActivityState.Evolve, Decide);

    public static IReadOnlyList<ActivityEvent> Decide(ActivityCommand command, ActivityState now) => command switch
    {
        RequestActivity c => Decide(c, now),
        AcceptActivity c => Decide(c, now),
        StartActivity c => Decide(c, now),
        DeferActivity c => Decide(c, now),
        RefuseActivity c => Decide(c, now),
        SaveStage c => Decide(c, now),
        RecordOutcome c => Decide(c, now),
        JudgeLostAttempt c => Decide(c, now),
        EndOverdueActivity c => Decide(c, now),
        CancelActivity c => Decide(c, now),
        SettleActivity c => Decide(c, now),
        _ => throw new UnreachableException($"{command.GetType().Name} is not decided")
    };
}
