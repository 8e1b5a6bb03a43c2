using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

/// <summary>Shared histories and default values for the specifications of activities.</summary>
public abstract class ActivitySpec
{
    protected static readonly Guid Shop = new("55555555-0000-0000-0000-000000000001");
    protected static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    protected static readonly DateTimeOffset Deadline = Now.AddDays(1);
    protected static readonly Caller Step = new("orders", "run-7", "query");

    protected static readonly ActivityRequested Requested = new(
        Shop, "postgres", null, "run-query", "sealed-input", "hash-1", Deadline, 60, OnReauth.Wait, Step, Via.Http);

    protected static readonly ActivityStarted Started = new(1, "worker-1", Now.AddSeconds(60), Shop, "postgres", 3, Repeatable: false);

    protected static readonly ActivityFacts NotBegun = new("run-query", Shop, "postgres", 0, Step);
    protected static readonly ActivityFacts Begun = NotBegun with { CredentialVersion = 3 };

    protected static readonly ActivityDeferred Deferred =
        new(1, FailureKind.Throttled, "Slow down.", Now.AddSeconds(7), Shop, 3) { Facts = Begun };

    protected static readonly ActivitySucceeded Succeeded = new(1, "sealed-output") { Facts = Begun };
    protected static readonly ActivityFailed Failed = new(1, FailureKind.NotFound, "No such table.") { Facts = Begun };
    protected static readonly ActivityOutcomeUnknown Unknown = new(1, FailureKind.Timeout, "No answer in time.") { Facts = Begun };
    protected static readonly ActivityCancelled Cancelled = new(0) { Facts = NotBegun };

    protected static Spec<ActivityState, ActivityCommand, ActivityEvent> Given(params ActivityEvent[] events) =>
        new(ActivityDecider.Decider, ActivityDecider.Names, events);

    /// <summary>An activity in this status. If an attempt was started, it was the first.</summary>
    protected static Spec<ActivityState, ActivityCommand, ActivityEvent> GivenOne(ActivityStatus status) => status switch
    {
        ActivityStatus.Absent => Given(),
        ActivityStatus.Requested => Given(Requested),
        ActivityStatus.Running => Given(Requested, Started),
        ActivityStatus.Waiting => Given(Requested, Started, Deferred),
        ActivityStatus.Succeeded => Given(Requested, Started, Succeeded),
        ActivityStatus.Failed => Given(Requested, Started, Failed),
        ActivityStatus.Unknown => Given(Requested, Started, Unknown),
        ActivityStatus.Cancelled => Given(Requested, Cancelled),
        _ => throw new ArgumentOutOfRangeException(nameof(status))
    };
}
