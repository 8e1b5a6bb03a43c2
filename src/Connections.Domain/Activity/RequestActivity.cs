using EventSourcing;

namespace Connections.Domain.Activity;

public sealed record RequestActivity(ActivityRequested Request) : ActivityCommand;

/// <summary>An activity from the bus: the request and the first command of its worker, in one append.</summary>
public sealed record AcceptActivity(ActivityRequested Request, ActivityCommand First) : ActivityCommand;

public static partial class ActivityDecider
{
    public static IReadOnlyList<ActivityEvent> Decide(RequestActivity c, ActivityState now) => now.Request switch
    {
        null => [c.Request],
        var earlier when earlier.BodyHash == c.Request.BodyHash => [],
        _ => throw new RejectedException("activity.id-reused", "An activity with this id was requested with another body. Use a new id.")
    };

    public static IReadOnlyList<ActivityEvent> Decide(AcceptActivity c, ActivityState now)
    {
        var requested = Decide(new RequestActivity(c.Request), now);
        return requested.Count == 0 ? [] : [.. requested, .. Decide(c.First, ActivityState.Evolve(now, c.Request))];
    }
}
