namespace Connections.Domain.Activity;

/// <summary>
/// Reports the outcome of an attempt. The first end is final. A late report of the same attempt may only replace <c>unknown</c>.
/// </summary>
/// <param name="At">The time at which the outcome was observed.</param>
/// <param name="Jitter">From 0 to 1; spreads the retries of many activities.</param>
/// <param name="TokenVersion">The last access token that the attempt received; null where the attempt received none.</param>
public sealed record RecordOutcome(
    int Attempt, AttemptOutcome Outcome, DateTimeOffset At, double Jitter, int? TokenVersion = null) : ActivityCommand;

public abstract record AttemptOutcome
{
    /// <param name="Output">Sealed.</param>
    public sealed record Done(string Output) : AttemptOutcome;

    /// <summary>The provider works on a job that the attempt stored as a stage. A later attempt asks for its result.</summary>
    public sealed record Pending(TimeSpan After) : AttemptOutcome;

    /// <param name="SealedMessage">The connector's own message, sealed, where <paramref name="Message"/> does not contain it.</param>
    public sealed record Failed(
        FailureKind Kind, string Message, Delivered Delivered, TimeSpan? RetryAfter, string? SealedMessage = null) : AttemptOutcome;
}

public static partial class ActivityDecider
{
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<ActivityEvent> Decide(RecordOutcome c, ActivityState now)
    {
        if (now.Started?.Attempt != c.Attempt) return [];
        ActivityEvent outcome = c.Outcome switch
        {
            AttemptOutcome.Done done => new ActivitySucceeded(c.Attempt, done.Output) { Facts = Facts(c, now) },
            AttemptOutcome.Pending pending => new ActivityDeferred(
                now.Attempts,
                FailureKind.ProviderJob,
                "The job goes on. The activity continues from the stage that was stored last.",
                Later(c.At, pending.After, now),
                now.Started.ConnectionId,
                now.Started.CredentialVersion)
            { Facts = Facts(c, now), Progress = now.Stage?.Progress, MaybeDone = now.MaybeDone },
            AttemptOutcome.Failed failed => Judge(failed, c, now),
            _ => throw new System.Diagnostics.UnreachableException()
        };
        return now.Status switch
        {
            ActivityStatus.Running => [outcome],
            ActivityStatus.Unknown when outcome is ActivitySucceeded or ActivityFailed => [outcome],
            _ => []
        };
    }

    private static ActivityFacts Facts(RecordOutcome c, ActivityState now) => now.Facts with { TokenVersion = c.TokenVersion };

    private static ActivityEvent Judge(AttemptOutcome.Failed failed, RecordOutcome c, ActivityState now)
    {
        var mayRepeat = failed.Delivered == Delivered.No || now.Started!.Repeatable;
        var mayGoOn = mayRepeat || now.Stage is { Resumable: true };
        return failed.Kind switch
        {
            FailureKind.ReauthRequired when now.Request!.OnReauth == OnReauth.Wait => Wait(null),
            FailureKind.Throttled or FailureKind.Operator or FailureKind.Busy => Wait(Until()),
            FailureKind.Unavailable or FailureKind.Timeout when mayGoOn => Wait(Until()),
            FailureKind.Unavailable or FailureKind.Timeout => Unknown(),
            // The request has left, and its response says nothing: an error of our own, or a response that cannot be read.
            FailureKind.Internal or FailureKind.InvalidInput when failed.Delivered == Delivered.Maybe && !mayRepeat => Unknown(),
            _ when now.MaybeDone => Unknown(),
            _ => new ActivityFailed(now.Attempts, failed.Kind, failed.Message) { Facts = Facts(c, now), SealedMessage = failed.SealedMessage }
        };

        ActivityOutcomeUnknown Unknown() =>
            new(c.Attempt, failed.Kind, failed.Message) { Facts = Facts(c, now), SealedMessage = failed.SealedMessage };

        ActivityDeferred Wait(DateTimeOffset? until) => new(
            now.Attempts, failed.Kind, failed.Message, until, now.Started!.ConnectionId, now.Started.CredentialVersion)
        {
            Facts = Facts(c, now),
            SealedMessage = failed.SealedMessage,
            Progress = now.Stage?.Progress,
            MaybeDone = now.MaybeDone || (!mayRepeat && mayGoOn)
        };

        DateTimeOffset Until() => failed.RetryAfter is { } asked
            ? Later(c.At, asked, now)
            : c.At + AttemptDelay.After(now.AttemptsSinceStage, c.Jitter);
    }

    // Some providers send a retry-after of zero, and others one so large that the sum overflows.
    private static DateTimeOffset Later(DateTimeOffset at, TimeSpan wait, ActivityState now)
    {
        if (wait < MinWait) wait = MinWait;
        return wait < DateTimeOffset.MaxValue - at ? at + wait : now.Request!.Deadline;
    }
}
