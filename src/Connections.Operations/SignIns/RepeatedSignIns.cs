using Connections.Domain;
using Connections.Domain.Connection;

namespace Connections.Operations.SignIns;

/// <summary>What becomes of a sign-in's address that is opened once more: in a second tab, at a reload, or by somebody who got hold of it.</summary>
public sealed class RepeatedSignIns(
    ConnectionStreams connections, SignInAttempts attempts, SignInConnectors connectors, SignInCompletion conclude, FailedSignIns stopped, TimeProvider clock)
{
    public async Task<SignInOutcome> Handle(ConnectionState now, OAuthReturn back, CancellationToken ct)
    {
        var of = back.Reference;
        if (now.SignIn is not { } signIn || signIn.Start.Attempt != of.Attempt)
        {
            stopped.Record(of, "replaced");
            return new SignInOutcome.Failed("A later sign-in took the place of this one.");
        }

        var attempt = await attempts.Read(of, ct);
        var pending = back.Nonce is { } nonce ? await conclude.Kept(of, nonce, ct) : null;
        var late = clock.GetUtcNow() > signIn.Start.Until;
        if (pending is not null && !late && await conclude.RequestConfirmation(attempt.Context, of, signIn, pending, back.Nonce!) is { } asked) return asked;
        if (!back.SameBrowser && pending is null) stopped.Record(of, "replayed");
        if (signIn.Phase == SignInPhase.CodeReceived)
            return late ? await conclude.Fail(attempt.Context, of, "expired", ConnectionDecider.RanOut) : new SignInOutcome.UnderWay();
        return back.SameBrowser || pending is not null ? Outcome(now, attempt) : new SignInOutcome.Expired();
    }

    /// <summary>Null where it has not.</summary>
    internal async Task<SignInOutcome?> Succeeded(OAuthReturn back, CancellationToken ct)
    {
        var now = (await connections.Load(ConnectionDecider.Stream(back.Reference.Workspace, back.Reference.Connection), ct)).State;
        return now.SignIn is { Phase: SignInPhase.Succeeded } signIn && signIn.Start.Attempt == back.Reference.Attempt
            ? Outcome(now, await attempts.Read(back.Reference, ct))
            : null;
    }

    private SignInOutcome Outcome(ConnectionState now, SignInAttempt attempt) =>
        now is { Exists: true, SignIn: { Phase: SignInPhase.Succeeded, Start.Connector: var connector } } && attempt.Connected is { } by
            ? new SignInOutcome.Connected(now.Name, by.Account.Display, connectors.Missing(connector, by.Scopes), by.Reconnected)
            : new SignInOutcome.Failed(attempt.Failure ?? "This sign-in has come to its end. Start again.");
}
