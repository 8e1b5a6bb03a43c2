using System.Text.Json;
using Connections.Contracts;
using Connections.Domain;
using Connections.Operations;
using Connections.ReadModels;
using EventSourcing;
using EventSourcing.Sql;
using MassTransit;
using ActivityError = Connections.Contracts.ActivityError;

namespace Connections.Worker;

/// <summary>Tells the bus what came of activities.</summary>
public sealed class PublishActivities(ActivitySeals seals, IBus bus) : IReactor
{
    public string Name => "publish-activities";

    public IReadOnlyList<string> Prefixes { get; } = [ActivityDecider.Category];

    public async Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        foreach (var recorded in events)
        {
            var about = StreamName.Of(recorded.Stream);
            var (message, facts) = ActivityDecider.Names.Read(recorded) switch
            {
                ActivitySucceeded e => (Finished(about, e.Facts, "succeeded", e.Attempt, null, await seals.OpenOutput(about.Workspace, about.Id, e.Output, ct)), e.Facts),
                ActivityFailed e => (Finished(about, e.Facts, "failed", e.Attempts, await Error(about, e.Kind, e.Message, e.Said, ct)), e.Facts),
                ActivityOutcomeUnknown e => (Finished(about, e.Facts, "unknown", e.Attempt, await Error(about, e.Kind, e.Message, e.Said, ct)), e.Facts),
                ActivityCancelled e => (Finished(about, e.Facts, "cancelled", e.Attempts), e.Facts),
                ActivityDeferred { Kind: not FailureKind.Busy } e => (Waiting(about, e), e.Facts),
                _ => ((Published?)null, (ActivityFacts?)null)
            };
            if (message is not null) await bus.Tell(message, recorded, facts!.ConnectionId, facts.Connector, ct);
        }
    }

    private static ActivityFinished Finished(
        StreamName about, ActivityFacts facts, string outcome, int attempts, ActivityError? error = null, JsonElement? output = null) =>
        new ActivityFinished(about.Id, facts.Activity, outcome, output, error, attempts, Of(facts.Caller));

    private static ActivityWaiting Waiting(StreamName about, ActivityDeferred e) =>
        new ActivityWaiting(about.Id, Outcome.Of(e.Kind), e.Until, e.CredentialVersion);

    private async Task<ActivityError> Error(StreamName about, FailureKind kind, string message, string? said, CancellationToken ct) =>
        new(Outcome.Of(kind), await seals.OpenWords(about.Workspace, about.Id, said, message, ct));

    private static Contracts.Caller? Of(Domain.Caller? caller) =>
        caller is null ? null : new Contracts.Caller(caller.Workflow, caller.Run, caller.Step);
}
