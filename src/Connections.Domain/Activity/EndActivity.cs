using EventSourcing;

namespace Connections.Domain.Activity;

/// <summary>Nobody will report of this attempt any more.</summary>
public sealed record JudgeLostAttempt(int Attempt, DateTimeOffset At, double Jitter) : ActivityCommand;

/// <summary>Its time is up.</summary>
public sealed record EndOverdueActivity(DateTimeOffset At) : ActivityCommand;

public sealed record CancelActivity : ActivityCommand;

public static partial class ActivityDecider
{
    public static IReadOnlyList<ActivityEvent> Decide(JudgeLostAttempt c, ActivityState now) => now switch
    {
        { Status: not ActivityStatus.Running } => [],
        { Attempts: var last } when last != c.Attempt => [],
        { Started.Repeatable: true } =>
        [
            new ActivityDeferred(
                now.Attempts,
                FailureKind.WorkerLost,
                "The worker that ran it was lost; it is run again.",
                c.At + Backoff.After(now.Attempts, c.Jitter), // what kills its worker must not come back at once
                now.Started.ConnectionId,
                now.Started.CredentialVersion) { Facts = now.Facts }
        ],
        _ =>
        [
            new ActivityOutcomeUnknown(
                c.Attempt,
                FailureKind.Timeout,
                "The worker that ran it was lost before it could tell the outcome. Look at the provider, then settle it.") { Facts = now.Facts }
        ]
    };

    public static IReadOnlyList<ActivityEvent> Decide(EndOverdueActivity c, ActivityState now) => now.Ready && now.Request!.Deadline <= c.At
        ? [new ActivityFailed(now.Attempts, Overdue(now.WaitingFor), OverdueMessage(now.WaitingFor)) { Facts = now.Facts }]
        : [];

    public static IReadOnlyList<ActivityEvent> Decide(CancelActivity c, ActivityState now) => now.Status switch
    {
        ActivityStatus.Absent => throw new RejectedException("activity.not-found", "There is no such activity."),
        ActivityStatus.Cancelled => [],
        ActivityStatus.Requested or ActivityStatus.Waiting => [new ActivityCancelled(now.Attempts) { Facts = now.Facts }],
        ActivityStatus.Running => throw new RejectedException("activity.wrong-state", "It is running; what runs cannot be called back."),
        _ => throw new RejectedException("activity.wrong-state", "It has ended already.")
    };

    // what only waits is no outcome
    private static FailureKind Overdue(FailureKind? waitedFor) => waitedFor switch
    {
        null or FailureKind.Busy or FailureKind.WorkerLost => FailureKind.Timeout,
        { } kind => kind
    };

    private static string OverdueMessage(FailureKind? waitedFor) => waitedFor is { } kind
        ? $"Its deadline passed while it waited ({Outcome.From(kind)})."
        : "Its deadline passed before a worker took it.";
}
