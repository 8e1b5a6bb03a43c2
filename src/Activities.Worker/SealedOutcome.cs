using Connections.Connectors;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Operations.Activities;

namespace Activities.Worker;

/// <summary>Turns the result of a connector into the outcome of an attempt, with the output and the connector's message sealed.</summary>
internal static class SealedOutcome
{
    public static async Task<AttemptOutcome> Outcome(this ActivitySeals seals, Attempt attempt, ConnectorResult result) => result switch
    {
        ConnectorResult.Failed failed => await seals.Failure(attempt, failed),
        ConnectorResult.Pending pending => new AttemptOutcome.Pending(pending.After),
        ConnectorResult.Done done => new AttemptOutcome.Done(
            await seals.SealOutput(attempt.Context.Activity(attempt.Activity), done.Output, CancellationToken.None)),
        _ => throw new System.Diagnostics.UnreachableException($"{result.GetType().Name} is no result of an attempt")
    };

    // The message may quote the provider or the input, so it is sealed. The reason of a rejection is published: it quotes neither.
    private static async Task<AttemptOutcome> Failure(this ActivitySeals seals, Attempt attempt, ConnectorResult.Failed failed)
    {
        var shown = failed.Kind == FailureKind.ReauthRequired ? failed.Reason : "The connector's message is sealed.";
        var sealedMessage = shown == failed.Message
            ? null
            : await seals.SealWords(attempt.Context.Activity(attempt.Activity), failed.Message, CancellationToken.None);
        return new AttemptOutcome.Failed(failed.Kind, shown, failed.Delivered, failed.RetryAfter, sealedMessage);
    }
}
