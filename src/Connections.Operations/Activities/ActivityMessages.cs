using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Activity;
using EventSourcing;

namespace Connections.Operations.Activities;

/// <summary>Creates the bus message for an event of an activity.</summary>
public sealed class ActivityMessages(ActivitySeals seals)
{
    /// <summary>Null for an event that is not published.</summary>
    public async Task<Published?> From(RecordedEvent recorded, CancellationToken ct)
    {
        var (message, facts) = await Message((ActivityEvent)ActivityDecider.Names.Read(recorded), ActivityId.Parse(recorded.Stream), ct);
        return message?.Following(recorded, facts!.ConnectionId, facts.Connector);
    }

    internal async Task<(Published? Message, ActivityFacts? Facts)> Message(ActivityEvent activity, ActivityId id, CancellationToken ct) =>
        activity switch
        {
            ActivitySucceeded e => (Finished(id, e.Facts, "succeeded", e.Attempt) with
            {
                Output = await seals.ShowOutput(id, e.Output, ct)
            }, e.Facts),
            ActivityFailed e => (Finished(id, e.Facts, "failed", e.Attempts) with
            {
                Error = await Error(id, e.Kind, e.Message, e.SealedMessage, ct)
            }, e.Facts),
            ActivityOutcomeUnknown e => (Finished(id, e.Facts, "unknown", e.Attempt) with
            {
                Error = await Error(id, e.Kind, e.Message, e.SealedMessage, ct)
            }, e.Facts),
            ActivityCancelled e => (Finished(id, e.Facts, "cancelled", e.Attempts), e.Facts),
            ActivityDeferred { Kind: not FailureKind.Busy } e => (Waiting(id, e), e.Facts),
            ActivityDeferred or ActivityRequested or ActivityStarted or ActivityStageSaved => (null, null),
            var other => throw new System.Diagnostics.UnreachableException($"{other.GetType().Name} has no rule for publishing.")
        };

    private static ActivityFinished Finished(ActivityId id, ActivityFacts facts, string outcome, int attempts) => new(
        id.Value,
        facts.Activity,
        outcome,
        null,
        null,
        attempts,
        facts.Caller is { } caller ? new Contracts.Caller(caller.Workflow, caller.Run, caller.Step) : null);

    private static ActivityWaiting Waiting(ActivityId id, ActivityDeferred e) =>
        new(
            id.Value, Outcome.From(e.Kind), e.Until, e.CredentialVersion,
            e.Progress is { } p ? new ActivityProgress(p.Done, p.Total, p.Unit) : null);

    private async Task<Contracts.ActivityError> Error(
        ActivityId id, FailureKind kind, string message, string? sealedMessage, CancellationToken ct) =>
        new(Outcome.From(kind), await seals.OpenWords(id, sealedMessage, message, ct));
}
