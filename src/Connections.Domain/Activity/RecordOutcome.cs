namespace Connections.Domain.Activity;

/// <summary>What came of an attempt. The first end stands; a late report of the same attempt may replace <c>unknown</c> and nothing else.</summary>
/// <param name="At">When it was seen.</param>
/// <param name="Jitter">From 0 to 1, so that many do not come back at once.</param>
/// <param name="TokenVersion">Of the last access token that the attempt got; null where it got none.</param>
public sealed record RecordOutcome(
    int Attempt, AttemptOutcome Outcome, DateTimeOffset At, double Jitter, int? TokenVersion = null) : ActivityCommand;

public abstract record AttemptOutcome
{
    /// <param name="Output">Sealed.</param>
    public sealed record Done(string Output) : AttemptOutcome;

    /// <param name="SealedMessage">The connector's own words, sealed, where <paramref name="Message"/> does not tell them.</param>
    public sealed record Failed(
        FailureKind Kind, string Message, Delivered Delivered, TimeSpan? RetryAfter, string? SealedMessage = null) : AttemptOutcome;
}

public static partial class ActivityDecider
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<ActivityEvent> Decide(RecordOutcome c, ActivityState now)
    {
        if (now.Started?.Attempt != c.Attempt) return [];
        ActivityEvent outcome = c.Outcome switch
        {
            AttemptOutcome.Done done => new ActivitySucceeded(c.Attempt, done.Output) { Facts = Facts(c, now) },
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
        return failed.Kind switch
        {
            FailureKind.ReauthRequired when now.Request!.OnReauth == OnReauth.Wait => Wait(null),
            FailureKind.Throttled or FailureKind.Operator or FailureKind.Busy => Wait(Until()),
            FailureKind.Unavailable or FailureKind.Timeout when mayRepeat => Wait(Until()),
            FailureKind.Unavailable or FailureKind.Timeout =>
                new ActivityOutcomeUnknown(c.Attempt, failed.Kind, failed.Message) { Facts = Facts(c, now), SealedMessage = failed.SealedMessage },
            _ => new ActivityFailed(now.Attempts, failed.Kind, failed.Message) { Facts = Facts(c, now), SealedMessage = failed.SealedMessage }
        };

        ActivityDeferred Wait(DateTimeOffset? until) => new(
            now.Attempts, failed.Kind, failed.Message, until, now.Started!.ConnectionId, now.Started.CredentialVersion)
        {
            Facts = Facts(c, now),
            SealedMessage = failed.SealedMessage
        };

        DateTimeOffset Until()
        {
            var wait = Backoff.After(now.Attempts, c.Jitter);
            if (failed.RetryAfter is { } told) wait = told < Shortest ? Shortest : told; // some providers ask for no wait at all
            // some providers ask for a wait without end
            return wait < DateTimeOffset.MaxValue - c.At ? c.At + wait : now.Request!.Deadline;
        }
    }
}
