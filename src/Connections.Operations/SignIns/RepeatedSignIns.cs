using Connections.Domain;
using Connections.Domain.Connection;

namespace Connections.Operations.SignIns;

/// <summary>
/// Handles a callback address that is opened again: in a second tab, by a reload, or by another person who obtained the address.
/// </summary>
public sealed class RepeatedSignIns(
    ConnectionStreams connections,
    SignInAttempts attempts,
    SignInConnectors connectors,
    SignInCompletion completion,
    FailedSignIns failed,
    TimeProvider clock)
{
    public async Task<SignInOutcome> Handle(ConnectionState now, OAuthReturn back, CancellationToken ct)
    {
        var reference = back.Reference;
        if (now.SignIn is not { } signIn || signIn.Start.Attempt != reference.Attempt)
        {
            failed.Record(reference, "replaced");
            return new SignInOutcome.Failed("A later sign-in replaced this one.");
        }

        var attempt = await attempts.Read(reference, ct);
        var pending = back.Nonce is { } nonce ? await completion.LoadPending(reference, nonce, ct) : null;
        var late = SignInTime.HasPassed(signIn.Start.Until, clock.GetUtcNow());
        if (pending is not null && !late
            && await completion.RequestConfirmation(attempt.Context, reference, signIn, pending, back.Nonce!) is { } confirmation)
            return confirmation;
        if (!back.SameBrowser && pending is null) failed.Record(reference, "replayed");
        if (signIn.Phase == SignInPhase.CodeReceived)
            return late
                ? await completion.Fail(attempt.Context, reference, "expired", ConnectionDecider.RanOut)
                : new SignInOutcome.UnderWay();
        return back.SameBrowser || pending is not null ? Outcome(now, attempt) : new SignInOutcome.Expired();
    }

    /// <summary>The outcome of a sign-in that has succeeded; null where it has not.</summary>
    internal async Task<SignInOutcome?> Succeeded(OAuthReturn back, CancellationToken ct)
    {
        var now = (await connections.Load(back.Reference.Connection, ct)).State;
        return now.SignIn is { Phase: SignInPhase.Succeeded } signIn && signIn.Start.Attempt == back.Reference.Attempt
            ? Outcome(now, await attempts.Read(back.Reference, ct))
            : null;
    }

    private SignInOutcome Outcome(ConnectionState now, SignInAttempt attempt) =>
        now is { Exists: true, SignIn: { Phase: SignInPhase.Succeeded, Start.Connector: var connector } } && attempt.Connected is { } by
            ? new SignInOutcome.Connected(now.Name, by.Account.Display, connectors.Missing(connector, by.Scopes), by.Reconnected)
            : new SignInOutcome.Failed(attempt.Failure ?? "This sign-in has already ended. Start again.");
}
