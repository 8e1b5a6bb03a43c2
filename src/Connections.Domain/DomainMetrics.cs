using System.Diagnostics;
using System.Diagnostics.Metrics;
using Connections.Domain.Activity;
using Connections.Domain.Token;
using ActivityEvent = Connections.Domain.Activity.ActivityEvent;

namespace Connections.Domain;

/// <summary>Counters of the events that this process appended and of requests that it rejected without an event.</summary>
public static class DomainMetrics
{
    public const string Meter = "Connections.Domain";

    private static readonly Meter All = new(Meter);

    private static readonly Counter<long> Accepted = All.CreateCounter<long>(
        "connections.activities.accepted", "{activity}", "Activities that were requested and recorded.");

    private static readonly Counter<long> Ended = All.CreateCounter<long>(
        "connections.activities.ended", "{activity}", "Activities that ended, by outcome and by the kind of failure.");

    private static readonly Counter<long> Deferred = All.CreateCounter<long>(
        "connections.activities.deferred", "{deferral}", "Deferrals of activities, by the reason.");

    private static readonly Counter<long> Refreshes = All.CreateCounter<long>(
        "connections.tokens.refreshes", "{refresh}", "Refreshes of access tokens, by outcome.");

    private static readonly Counter<long> Stopped = All.CreateCounter<long>(
        "connections.signins.stopped", "{sign-in}", "OAuth callbacks and confirmations that were rejected or held without an event.");

    /// <param name="reason">One of a small fixed set, because it becomes a metric tag.</param>
    public static void SignInStopped(string reason) => Stopped.Add(1, Tag("reason", reason));

    internal static void Record(IReadOnlyList<ActivityEvent> events)
    {
        foreach (var e in events)
        {
            switch (e)
            {
                case ActivityRequested r:
                    Accepted.Add(1, Tag("via", r.Via == Via.Bus ? "bus" : "http"));
                    break;
                case ActivityDeferred d:
                    Deferred.Add(1, Tag("kind", Outcome.From(d.Kind)));
                    break;
                case ActivityStarted or ActivityStageSaved: // an attempt is counted when it ends or is deferred
                    break;
                case ActivitySucceeded:
                    Ended.Add(1, Tag("outcome", "succeeded"));
                    break;
                case ActivityCancelled:
                    Ended.Add(1, Tag("outcome", "cancelled"));
                    break;
                case ActivityFailed f:
                    Ended.Add(1, Tag("outcome", "failed"), Tag("kind", Outcome.From(f.Kind)));
                    break;
                case ActivityOutcomeUnknown u:
                    Ended.Add(1, Tag("outcome", "unknown"), Tag("kind", Outcome.From(u.Kind)));
                    break;
                default:
                    throw new UnreachableException($"{e.GetType().Name} is not counted");
            }
        }
    }

    internal static void Record(IReadOnlyList<TokenEvent> events)
    {
        foreach (var e in events)
        {
            var outcome = e switch
            {
                TokenRefreshed => Outcome.Ok,
                TokenRefreshRefused r => Outcome.From(r.Kind),
                TokenRefreshUnknown => "unknown",
                TokenRefreshTakenOver => "takenOver",
                TokenRefreshStarted or TokenClosed => null,
                _ => throw new UnreachableException($"{e.GetType().Name} is not counted")
            };
            if (outcome is not null) Refreshes.Add(1, Tag("outcome", outcome));
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
