using EventSourcing;

namespace Connections.Domain.Activity;

/// <summary>A person checked the provider and reports what became of an activity whose outcome is unknown.</summary>
/// <param name="Succeeded">True: the provider did the work.</param>
public sealed record SettleActivity(bool Succeeded, string Note) : ActivityCommand;

public static partial class ActivityDecider
{
    public static IReadOnlyList<ActivityEvent> Decide(SettleActivity c, ActivityState now) => now.Status switch
    {
        ActivityStatus.Absent => throw new RejectedException("activity.not-found", "There is no such activity."),
        ActivityStatus.Unknown when c.Succeeded => [new ActivitySucceeded(now.Attempts, null, c.Note) { Facts = now.Facts }],
        ActivityStatus.Unknown => [new ActivityFailed(now.Attempts, now.Unknown!.Kind, now.Unknown.Message, c.Note) { Facts = now.Facts, SealedMessage = now.Unknown.SealedMessage }],
        ActivityStatus.Succeeded when c.Succeeded && now.Note == c.Note => [],
        ActivityStatus.Failed when !c.Succeeded && now.Note == c.Note => [],
        _ => throw new RejectedException("activity.wrong-state", "Only an activity whose outcome is unknown can be settled.")
    };
}
