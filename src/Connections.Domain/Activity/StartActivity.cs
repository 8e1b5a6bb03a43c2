namespace Connections.Domain.Activity;

/// <summary>A worker begins an attempt. The command changes nothing if the attempt was started or the activity ended meanwhile.</summary>
public sealed record StartActivity(ActivityStarted Started) : ActivityCommand;

/// <summary>
/// A worker cannot begin the attempt now. A repeated deferral with the same facts is recorded once.
/// </summary>
public sealed record DeferActivity(
    int Attempts,
    FailureKind Kind,
    string Message,
    DateTimeOffset? Until,
    Guid? ConnectionId,
    int CredentialVersion) : ActivityCommand;

/// <summary>The activity cannot run at all, which was found out before an attempt was begun.</summary>
/// <param name="SealedMessage">The message with names from the input, sealed; null where <paramref name="Message"/> says everything.</param>
public sealed record RefuseActivity(FailureKind Kind, string Message, string? SealedMessage = null) : ActivityCommand;

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
            Facts = facts with { ConnectionId = c.ConnectionId ?? facts.ConnectionId },
            Progress = now.Stage?.Progress,
            MaybeDone = now.MaybeDone
        };
        return deferred == now.Deferred ? [] : [deferred];
    }

    public static IReadOnlyList<ActivityEvent> Decide(RefuseActivity c, ActivityState now) =>
        now.Ready ? [Undone(now, c.Kind, c.Message, c.SealedMessage)] : [];
}
