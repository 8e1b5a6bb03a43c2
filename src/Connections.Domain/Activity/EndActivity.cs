using EventSourcing;

namespace Connections.Domain.Activity;

/// <summary>Ends or defers an attempt for which no report will come any more.</summary>
public sealed record JudgeLostAttempt(int Attempt, DateTimeOffset At, double Jitter) : ActivityCommand;

/// <summary>Ends an activity whose deadline has passed.</summary>
public sealed record EndOverdueActivity(DateTimeOffset At) : ActivityCommand;

public sealed record CancelActivity : ActivityCommand;

public static partial class ActivityDecider
{
    public static IReadOnlyList<ActivityEvent> Decide(JudgeLostAttempt c, ActivityState now) => now switch
    {
        { Status: not ActivityStatus.Running } => [],
        { Attempts: var last } when last != c.Attempt => [],
        { Started.Repeatable: true } or { Stage.Resumable: true } =>
        [
            new ActivityDeferred(
                now.Attempts,
                FailureKind.WorkerLost,
                now.Stage is { Resumable: true }
                    ? "The worker was lost during the attempt. The activity goes on from the stage that was stored last."
                    : "The worker was lost during the attempt. The activity runs again.",
                c.At + AttemptDelay.After(now.AttemptsSinceStage, c.Jitter), // an activity that crashes its worker must not run again at once
                now.Started!.ConnectionId,
                now.Started.CredentialVersion)
            {
                Facts = now.Facts,
                Progress = now.Stage?.Progress,
                MaybeDone = now.MaybeDone || !now.Started.Repeatable
            }
        ],
        _ =>
        [
            new ActivityOutcomeUnknown(
                c.Attempt,
                FailureKind.Timeout,
                "The worker was lost before it reported the outcome. Check the provider, then settle the activity.") { Facts = now.Facts }
        ]
    };

    public static IReadOnlyList<ActivityEvent> Decide(EndOverdueActivity c, ActivityState now) => now.Ready && now.Request!.Deadline <= c.At
        ? [Undone(now, Overdue(now.WaitingFor), OverdueMessage(now.WaitingFor), null)]
        : [];

    public static IReadOnlyList<ActivityEvent> Decide(CancelActivity c, ActivityState now) => now.Status switch
    {
        ActivityStatus.Absent => throw new RejectedException("activity.not-found", "There is no such activity."),
        ActivityStatus.Cancelled => [],
        ActivityStatus.Unknown when now.MaybeDone => [], // as a cancellation left it
        ActivityStatus.Waiting when now.MaybeDone => [Undone(now, FailureKind.Timeout, "The activity was cancelled while it waited.", null)],
        ActivityStatus.Requested or ActivityStatus.Waiting => [new ActivityCancelled(now.Attempts) { Facts = now.Facts }],
        ActivityStatus.Running =>
            throw new RejectedException("activity.wrong-state", "The activity is running. A running activity cannot be cancelled."),
        _ => throw new RejectedException("activity.wrong-state", "The activity has already ended.")
    };

    /// <summary>The end of an activity that no further attempt follows.</summary>
    private static ActivityEnd Undone(ActivityState now, FailureKind kind, string message, string? sealedMessage) => now.MaybeDone
        ? new ActivityOutcomeUnknown(
            now.Attempts, kind, $"{message} An attempt may have done the work before. Check the provider, then settle the activity.")
        { Facts = now.Facts, SealedMessage = sealedMessage }
        : new ActivityFailed(now.Attempts, kind, message) { Facts = now.Facts, SealedMessage = sealedMessage };

    // Waiting for a free slot, a new worker or the provider's job is no failure of its own: report a timeout.
    private static FailureKind Overdue(FailureKind? waitedFor) => waitedFor switch
    {
        null or FailureKind.Busy or FailureKind.WorkerLost or FailureKind.ProviderJob => FailureKind.Timeout,
        { } kind => kind
    };

    private static string OverdueMessage(FailureKind? waitedFor) => waitedFor is { } kind
        ? $"The deadline passed while the activity waited ({Outcome.From(kind)})."
        : "The deadline passed before a worker started the activity.";
}
