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

/// <summary>What deciding about an activity needs to know.</summary>
public sealed record ActivityState
{
    public static readonly ActivityState Initial = new();

    public ActivityStatus Status { get; private init; } = ActivityStatus.Absent;

    public ActivityRequested? Request { get; private init; }

    /// <summary>Begun so far; the number of the last one.</summary>
    public int Attempts { get; private init; }

    /// <summary>The last attempt begun.</summary>
    public ActivityStarted? Started { get; private init; }

    /// <summary>The wait it is in, as it was recorded.</summary>
    public ActivityDeferred? Deferred { get; private init; }

    public FailureKind? WaitingFor => Deferred?.Kind;

    /// <summary>Why nobody knows what came of it.</summary>
    public ActivityOutcomeUnknown? Unknown { get; private init; }

    /// <summary>What the person said who settled it.</summary>
    public string? Note { get; private init; }

    public bool Ended => Status is ActivityStatus.Succeeded or ActivityStatus.Failed or ActivityStatus.Unknown or ActivityStatus.Cancelled;

    /// <summary>It can be sent to a worker.</summary>
    public bool Ready => Status is ActivityStatus.Requested or ActivityStatus.Waiting;

    public ActivityFacts Facts => new(
        Request!.Activity,
        Started?.ConnectionId ?? Request.ConnectionId,
        Started?.Connector ?? Request.Connector,
        Started?.CredentialVersion ?? 0,
        Request.Caller,
        (Deferred?.Facts ?? Unknown?.Facts)?.TokenVersion);

    /// <summary>As whoever sent an attempt saw it. The append at the revision it named proves it right, so that nobody needs to read the stream.</summary>
    public static ActivityState AsSent(ActivityRequested request, int attempts) =>
        new() { Status = ActivityStatus.Waiting, Request = request, Attempts = attempts };

    public static ActivityState Evolve(ActivityState was, ActivityEvent e) => Change(was, e) with { Status = StatusAfter(e) };

    /// <summary>The status that an event leads to. Views take it from here too.</summary>
    public static ActivityStatus StatusAfter(ActivityEvent e) => e switch
    {
        ActivityRequested => ActivityStatus.Requested,
        ActivityStarted => ActivityStatus.Running,
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
        ActivityStarted s => was with { Attempts = s.Attempt, Started = s, Deferred = null },
        ActivityDeferred d => was with { Deferred = d },
        ActivitySucceeded s => was with { Note = s.Note },
        ActivityFailed f => was with { Note = f.Note },
        ActivityOutcomeUnknown u => was with { Unknown = u },
        ActivityCancelled => was,
        _ => throw new UnreachableException($"{e.GetType().Name} is not folded")
    };
}
