using System.Runtime.CompilerServices;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Activities;
using Connections.Operations.Connections;
using Connections.Operations.SignIns;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Usage;
using Connections.ReadModels.Waits;
using Connections.Web.Responses;
using Connections.Worker.Jobs;
using Connections.Worker.Reactors;
using Connections.Worker.Waking;
using EventSourcing;
using ActivityEvent = Connections.Domain.Activity.ActivityEvent;

namespace Hosts.Tests.Governance;

/// <summary>All code that reads events from the log, except the deciders.</summary>
internal static class EventConsumers
{
    private static readonly RecordedEvent Recorded = In(new ConnectionId("default", Guid.Empty).Stream);

    private static readonly RecordedEvent RecordedOfActivity = In(new ActivityId("default", Guid.Empty).Stream);

    private static readonly ConnectionView Connection = Blank<ConnectionView>() with { Account = new Account(null, "", "") };

    private static readonly ActivityView Activity = Blank<ActivityView>();

    private static readonly GrantView Grant = Blank<GrantView>();

    public static IReadOnlyList<EventConsumer> All { get; } =
    [
        EventConsumer.On<ConnectionEvent>("connection status", typeof(ConnectionState), e => ConnectionState.StatusAfter(default, e)),
        EventConsumer.On<ConnectionEvent>("connection view", typeof(ConnectionView), e => ConnectionView.Change(Connection, e, Recorded)),
        EventConsumer.On<ConnectionEvent>("grants", typeof(GrantView), e => GrantView.EvolveConnection(Grant, e, Recorded)),
        EventConsumer.On<TokenEvent>("grants", typeof(GrantView), e => GrantView.OfTokens(Grant, e, Recorded)),
        EventConsumer.On<ConnectionEvent>("waits", typeof(ConnectionWaits), e => ConnectionWaits.Project(e, default, Recorded)),
        EventConsumer.On<ConnectionEvent>("history summary", typeof(EventSummary), e => EventSummary.Describe(e)),
        new("bus message", typeof(ConnectionMessages), typeof(ConnectionEvent), e =>
            new ConnectionMessages(null!, null!).Message((ConnectionEvent)e, Connection, Connection, default)),
        EventConsumer.On<ConnectionEvent>("vault entries", typeof(RemoveOrphanedEntries), e => RemoveOrphanedEntries.NamedBy(e)),
        EventConsumer.On<ConnectionEvent>("destruction of secrets", typeof(DestroySecrets), e => DestroySecrets.Deletes(e)),
        EventConsumer.On<ActivityEvent>("activity status", typeof(ActivityState), e => ActivityState.StatusAfter(e)),
        EventConsumer.On<ActivityEvent>("history summary", typeof(ActivitySummary), e => ActivitySummary.Describe(e, null)),
        EventConsumer.On<ActivityEvent>("history attempt", typeof(ActivitySummary), e => ActivitySummary.Attempt(e)),
        EventConsumer.On<ActivityEvent>("history failure", typeof(ActivitySummary), e => ActivitySummary.Failure(e)),
        EventConsumer.On<ActivityEvent>("history data", typeof(ActivitySummary), e => ActivitySummary.Data(e, null)),
        EventConsumer.On<ActivityEvent>("activity view", typeof(ActivityView), e => ActivityView.Change(Activity, e, RecordedOfActivity)),
        EventConsumer.On<ActivityEvent>("waits", typeof(ActivityWaits), e => ActivityWaits.Project(e, default, RecordedOfActivity)),
        EventConsumer.On<ActivityEvent>("waits", typeof(WaitsProjection), e => WaitsProjection.Waits(e)),
        EventConsumer.On<ActivityEvent>("usage", typeof(UsageProjection), e => UsageProjection.Evolve(null, e, RecordedOfActivity)),
        EventConsumer.On<ActivityEvent>("ledger", typeof(LedgerProjection), e => LedgerProjection.Entry(e)),
        new("bus message", typeof(ActivityMessages), typeof(ActivityEvent), e =>
            new ActivityMessages(new ActivitySeals(null!, null!)).Message((ActivityEvent)e, default, default)),
        EventConsumer.On<ActivityEvent>("metric", typeof(DomainMetrics), e => DomainMetrics.Record([e])),
        EventConsumer.On<ActivityEvent>("failures met", typeof(ReportActivityFailures), e => ReportActivityFailures.FailureIn(e)),
        EventConsumer.On<TokenEvent>("metric", typeof(DomainMetrics), e => DomainMetrics.Record([e])),
        EventConsumer.On<TokenEvent>("dead grants", typeof(MarkDeadGrants), e => MarkDeadGrants.Over(e)),
        EventConsumer.On<TokenEvent>("destruction of secrets", typeof(DestroySecrets), e => DestroySecrets.MayEndARefresh(e))
    ];

    /// <summary>Code that reads events without an arm for each, with the reason.</summary>
    public static IReadOnlyDictionary<Type, string> WithoutArms { get; } = new Dictionary<Type, string>
    {
        [typeof(ActivityWatch)] = "The HTTP watch asks for ActivityEnd only; a test holds that every end is one.",
        [typeof(SendRequested)] = "Sends requests only.",
        [typeof(Waker)] = "Reads the first event of a stream, which is the request.",
        [typeof(ConnectionDirectory)] = "Folds a claim with ClaimState.Evolve.",
        [typeof(SignInAttempts)] = "Reads the events of one sign-in.",
        [typeof(ActivityResponses)] = "Shows every event, with the sentence of the history summary.",
        [typeof(ConnectionResponses)] = "Shows every event, with the sentence of the history summary."
    };

    private static RecordedEvent In(string stream) =>
        new(stream, 0, 1, Guid.Empty, "any", "{}"u8.ToArray(), new EventMetadata("default", "test").ToBytes(), default);

    private static T Blank<T>() => (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
}
