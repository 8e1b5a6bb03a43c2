using System.Diagnostics;

namespace Connections.Domain.Activity;

public enum ActivityStatus
{
    Absent,
    Requested,
    Running,
    Waiting,
    Succeeded,
    Failed,
    Unknown,
    Cancelled
}

/// <summary>The state that decisions about an activity need.</summary>
public sealed record ActivityState
{
    public static readonly ActivityState Initial = new();

    public ActivityStatus Status { get; private init; } = ActivityStatus.Absent;

    public ActivityRequested? Request { get; private init; }

    /// <summary>Attempts begun so far, which is also the number of the last attempt.</summary>
    public int Attempts { get; private init; }

    /// <summary>The last attempt begun.</summary>
    public ActivityStarted? Started { get; private init; }

    /// <summary>The last stage that an attempt stored; null if there is none.</summary>
    public ActivityStageSaved? Stage { get; private init; }

    /// <summary>Attempts begun since the job last came further. They determine the delay before the next attempt.</summary>
    public int AttemptsSinceStage => Attempts - AttemptsAtStage;

    private int AttemptsAtStage { get; init; }

    /// <summary>Whether an attempt may have done the work although the activity has not ended: see <see cref="ActivityDeferred.MaybeDone"/>.</summary>
    public bool MaybeDone { get; private init; }

    /// <summary>The current deferral; null while the activity does not wait.</summary>
    public ActivityDeferred? Deferred { get; private init; }

    /// <summary>The last deferral because of rejected credentials; null when there was none.</summary>
    public ActivityDeferred? LastRejection { get; private init; }

    public FailureKind? WaitingFor => Deferred?.Kind;

    /// <summary>The event that left the outcome unknown.</summary>
    public ActivityOutcomeUnknown? Unknown { get; private init; }

    /// <summary>The note of the person who settled the activity.</summary>
    public string? Note { get; private init; }

    public bool Ended => Status is ActivityStatus.Succeeded or ActivityStatus.Failed or ActivityStatus.Unknown or ActivityStatus.Cancelled;

    /// <summary>The activity can be sent to a worker.</summary>
    public bool Ready => Status is ActivityStatus.Requested or ActivityStatus.Waiting;

    public ActivityFacts Facts => new(
        Request!.Activity,
        Started?.ConnectionId ?? Request.ConnectionId,
        Started?.Connector ?? Request.Connector,
        Started?.CredentialVersion ?? 0,
        Request.Caller,
        (Deferred?.Facts ?? Unknown?.Facts)?.TokenVersion);

    /// <summary>
    /// The state as the sender of an attempt saw it. No read of the stream is needed: an append at the sender's revision succeeds only if
    /// the state still holds.
    /// </summary>
    public static ActivityState AsSent(ActivityRequested request, int attempts) =>
        new() { Status = ActivityStatus.Waiting, Request = request, Attempts = attempts };

    public static ActivityState Evolve(ActivityState was, ActivityEvent e) => Change(was, e) with { Status = StatusAfter(e) };

    /// <summary>The status after an event. Views use this method too.</summary>
    public static ActivityStatus StatusAfter(ActivityEvent e) => e switch
    {
        ActivityRequested => ActivityStatus.Requested,
        ActivityStarted or ActivityStageSaved => ActivityStatus.Running,
        ActivityDeferred => ActivityStatus.Waiting,
        ActivitySucceeded => ActivityStatus.Succeeded,
        ActivityFailed => ActivityStatus.Failed,
        ActivityOutcomeUnknown => ActivityStatus.Unknown,
        ActivityCancelled => ActivityStatus.Cancelled,
        _ => throw new UnreachableException($"{e.GetType().Name} has no status")
    };

    private static ActivityState Change(ActivityState was, ActivityEvent e) => e switch
    {
        ActivityRequested r => was with { Request = r },
        // Over another connection the job begins anew.
        ActivityStarted s => was with
        {
            Attempts = s.Attempt,
            Started = s,
            Deferred = null,
            Stage = was.Stage?.ConnectionId == s.ConnectionId ? was.Stage : null
        },
        ActivityStageSaved s => was with { Stage = s, AttemptsAtStage = CameFurther(was.Stage, s) ? was.Attempts : was.AttemptsAtStage },
        ActivityDeferred d => was with
        {
            Deferred = d,
            MaybeDone = d.MaybeDone,
            LastRejection = d.Kind == FailureKind.ReauthRequired ? d : was.LastRejection,
            AttemptsAtStage = d.Kind == FailureKind.ProviderJob ? was.Attempts : was.AttemptsAtStage
        },
        ActivitySucceeded s => was with { Note = s.Note },
        ActivityFailed f => was with { Note = f.Note },
        ActivityOutcomeUnknown u => was with { Unknown = u },
        ActivityCancelled => was,
        _ => throw new UnreachableException($"{e.GetType().Name} is not folded")
    };

    // A try that stores the same place again must not shorten the delay before the next one.
    private static bool CameFurther(ActivityStageSaved? before, ActivityStageSaved now) =>
        now.Progress is { } progress ? progress.Done > (before?.Progress?.Done ?? 0) : before is null;
}
