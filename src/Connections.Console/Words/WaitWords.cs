using Connections.Domain;
using Connections.Web.Responses;

namespace Connections.Console.Words;

/// <summary>Why an activity waits, in a sentence.</summary>
public static class WaitWords
{
    public static string For(ActivityResponse activity, FailureKind? waitingFor, string connection, DateTimeOffset now)
    {
        var again = activity.NextAttemptAt is { } at ? TimeWords.Relative(at, now) : "soon";
        return waitingFor switch
        {
            FailureKind.ReauthRequired => $"Waits until somebody reconnects {connection}.",
            FailureKind.Throttled => $"The provider asked us to slow down; goes on {again}.",
            FailureKind.Unavailable or FailureKind.Timeout => $"The server did not answer; tried again {again} (attempt {activity.Attempts + 1}).",
            FailureKind.Operator => "Our own registration at the provider was refused; an administrator has to look.",
            FailureKind.Busy => "Others run over this connection; it is next in turn.",
            FailureKind.WorkerLost => "The worker stopped in the middle; it is being looked at whether it may run again.",
            FailureKind.ProviderJob => $"The job takes longer than one attempt; goes on {again}.",
            FailureKind.ConnectionDeleted => "Its connection was deleted; waits for a new one of that name.",
            _ => $"Goes on {again}."
        };
    }

    public static string GivesUp(ActivityResponse activity, DateTimeOffset now) =>
        activity.Deadline > now ? $"It gives up in {TimeWords.Span(activity.Deadline - now)}." : "Its time is over.";
}
