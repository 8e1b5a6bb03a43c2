using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.ReadModels;
using EventSourcing;

namespace Connections.Operations.Activities;

/// <summary>Creates the bus message for an event of an activity.</summary>
public sealed class ActivityMessages(ActivitySeals seals)
{
    /// <summary>Null for an event that is not published.</summary>
    public async Task<Published?> From(RecordedEvent recorded, CancellationToken ct)
    {
        var (message, facts) = await Message((ActivityEvent)ActivityDecider.Names.Read(recorded), StreamName.Parse(recorded.Stream), ct);
        return message?.Following(recorded, facts!.ConnectionId, facts.Connector);
    }

    internal async Task<(Published? Message, ActivityFacts? Facts)> Message(ActivityEvent activity, StreamName about, CancellationToken ct) =>
        activity switch
        {
            ActivitySucceeded e => (Finished(about, e.Facts, "succeeded", e.Attempt) with
            {
                Output = await seals.OpenOutput(about.Workspace, about.Id, e.Output, ct)
            }, e.Facts),
            ActivityFailed e => (Finished(about, e.Facts, "failed", e.Attempts) with
            {
                Error = await Error(about, e.Kind, e.Message, e.SealedMessage, ct)
            }, e.Facts),
            ActivityOutcomeUnknown e => (Finished(about, e.Facts, "unknown", e.Attempt) with
            {
                Error = await Error(about, e.Kind, e.Message, e.SealedMessage, ct)
            }, e.Facts),
            ActivityCancelled e => (Finished(about, e.Facts, "cancelled", e.Attempts), e.Facts),
            ActivityDeferred { Kind: not FailureKind.Busy } e => (Waiting(about, e), e.Facts),
            ActivityDeferred or ActivityRequested or ActivityStarted => (null, null),
            var other => throw new System.Diagnostics.UnreachableException($"{other.GetType().Name} has no rule for publishing.")
        };

    private static ActivityFinished Finished(StreamName about, ActivityFacts facts, string outcome, int attempts) => new(
        about.Id,
        facts.Activity,
        outcome,
        null,
        null,
        attempts,
        facts.Caller is { } caller ? new Contracts.Caller(caller.Workflow, caller.Run, caller.Step) : null);

    private static ActivityWaiting Waiting(StreamName about, ActivityDeferred e) =>
        new(about.Id, Outcome.From(e.Kind), e.Until, e.CredentialVersion);

    private async Task<Contracts.ActivityError> Error(
        StreamName about, FailureKind kind, string message, string? sealedMessage, CancellationToken ct) =>
        new(Outcome.From(kind), await seals.OpenWords(about.Workspace, about.Id, sealedMessage, message, ct));
}
