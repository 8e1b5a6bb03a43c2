namespace Connections.Domain.Activity;

/// <summary>A worker begins an attempt. What was started or ended meanwhile is left alone.</summary>
public sealed record StartActivity(ActivityStarted Started) : ActivityCommand;

/// <summary>
/// A worker cannot begin the attempt now. Said twice of one wait it is recorded once; the next delivery is, at the revision it came with.
/// </summary>
public sealed record DeferActivity(
    int Attempts,
    FailureKind Kind,
    string Message,
    DateTimeOffset? Until,
    Guid? ConnectionId,
    int CredentialVersion) : ActivityCommand;

/// <summary>It cannot be done at all, found out before an attempt was begun.</summary>
public sealed record RefuseActivity(FailureKind Kind, string Message) : ActivityCommand;

public static partial class ActivityDecider
{
    public static IReadOnlyList<ActivityEvent> Decide(StartActivity c, ActivityState now) =>
        now.Ready && c.Started.Attempt == now.Attempts + 1 ? [c.Started] : [];

    public static IReadOnlyList<ActivityEvent> Decide(DeferActivity c, ActivityState now)
    {
        if (!now.Ready || c.Attempts != now.Attempts) return [];
        var facts = now.Facts;
        var deferred = new ActivityDeferred(c.Attempts, c.Kind, c.Message, c.Until, c.ConnectionId, c.CredentialVersion)
        {
            Facts = facts with { ConnectionId = c.ConnectionId ?? facts.ConnectionId }
        };
        return deferred == now.Deferred ? [] : [deferred];
    }

    public static IReadOnlyList<ActivityEvent> Decide(RefuseActivity c, ActivityState now) =>
        now.Ready ? [new ActivityFailed(now.Attempts, c.Kind, c.Message) { Facts = now.Facts }] : [];
}
