using Connections.Domain;

namespace Connections.Operations;

/// <summary>What becomes of a sign-in's address that is opened once more: in a second tab, at a reload, or by somebody who got hold of it.</summary>
public sealed class SeenSignIns(
    ConnectionStreams connections, SignInAttempts attempts, SignInConnectors connectors, ConcludeSignIns conclude, StoppedSignIns stopped, TimeProvider clock)
{
    public async Task<SignInEnd> Again(ConnectionState now, SignInReturn back, CancellationToken ct)
    {
        var of = back.Of;
        if (now.SignIn is not { } signIn || signIn.Of.Attempt != of.Attempt)
        {
            stopped.Of(of, "replaced");
            return new SignInEnd.Failed("A later sign-in took the place of this one.");
        }

        var attempt = await attempts.Read(of, ct);
        var pending = back.Nonce is { } nonce ? await conclude.Kept(of, nonce, ct) : null;
        var late = clock.GetUtcNow() > signIn.Of.Until;
        if (pending is not null && !late && await conclude.Ask(attempt.Who, of, signIn, pending, back.Nonce!) is { } asked) return asked;
        if (!back.SameBrowser && pending is null) stopped.Of(of, "replayed");
        if (signIn.Phase == SignInPhase.CodeReceived)
            return late ? await conclude.Fail(attempt.Who, of, "expired", ConnectionDecider.RanOut) : new SignInEnd.UnderWay();
        return back.SameBrowser || pending is not null ? Outcome(now, attempt) : new SignInEnd.Over();
    }

    /// <summary>Null where it has not.</summary>
    internal async Task<SignInEnd?> Succeeded(SignInReturn back, CancellationToken ct)
    {
        var now = (await connections.Load(ConnectionDecider.Stream(back.Of.Workspace, back.Of.Connection), ct)).State;
        return now.SignIn is { Phase: SignInPhase.Succeeded } signIn && signIn.Of.Attempt == back.Of.Attempt
            ? Outcome(now, await attempts.Read(back.Of, ct))
            : null;
    }

    private SignInEnd Outcome(ConnectionState now, SignInAttempt attempt) =>
        now is { Exists: true, SignIn: { Phase: SignInPhase.Succeeded, Of.Connector: var connector } } && attempt.Connected is { } by
            ? new SignInEnd.Connected(now.Name, by.Account.Display, connectors.Missing(connector, by.Scopes), by.Again)
            : new SignInEnd.Failed(attempt.Failure ?? "This sign-in has come to its end. Start again.");
}
