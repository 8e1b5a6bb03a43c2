using Connections.Connectors.OAuth;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Connections;
using EventSourcing;
using Microsoft.Extensions.Logging;

namespace Connections.Operations.SignIns;

/// <summary>Takes people in who come back from a provider: the code is recorded as received, exchanged once, and the account identified.</summary>
public sealed class SignInCallback(
    ConnectionStreams connections,
    SignInAttempts attempts,
    SignInConnectors connectors,
    OAuthEndpoints endpoints,
    ConnectionProbe probe,
    SignInCompletion conclude,
    RepeatedSignIns seen,
    IVault vault,
    TimeProvider clock,
    ILogger<SignInCallback> log)
{
    private const int LongestCode = 4096;

    private const string Interrupted = "The service could not keep what the sign-in brought. Start again.";

    // RFC 6749 4.1.2.1; what else a browser brings is not written into the log
    private static readonly Dictionary<string, string> Errors = new()
    {
        ["access_denied"] = "The sign-in was refused at the provider.",
        ["invalid_scope"] = "The provider does not know what was asked for.",
        ["invalid_request"] = "The provider did not understand the request.",
        ["unauthorized_client"] = "The provider does not let our application do this.",
        ["unsupported_response_type"] = "The provider does not let our application do this.",
        ["server_error"] = "The provider failed. Try again.",
        ["temporarily_unavailable"] = "The provider cannot serve now. Try again later."
    };

    public async Task<SignInOutcome> Return(OAuthReturn back, CancellationToken ct)
    {
        var of = back.Reference;
        var stream = ConnectionDecider.Stream(of.Workspace, of.Connection);
        var now = (await connections.Load(stream, ct)).State;
        var context = (await attempts.Read(of, ct)).Context;
        if (now.SignIn is not { Phase: SignInPhase.Started } signIn || signIn.Start.Attempt != of.Attempt) return await seen.Handle(now, back, ct);
        if (Refused(signIn.Start, back) is var (reason, message)) return await conclude.Fail(context, of, reason, message);

        Loaded<ConnectionState> received;
        try
        {
            received = await connections.Handle(stream, new ReceiveCode(of.Attempt, clock.GetUtcNow()), context.Metadata, CancellationToken.None);
        }
        catch (RejectedException stale)
        {
            return await conclude.Fail(context, of, "expired", stale.Message);
        }

        return received.Position is null ? await seen.Handle(received.State, back, ct) : await Exchange(context, back, received.State.SignIn!.Start);
    }

    // null: it brings a code that can be exchanged
    private (string Reason, string Message)? Refused(AuthorizationStarted started, OAuthReturn back)
    {
        // RFC 9207
        if (back.Issuer is { } issuer && connectors.Issuer(started.Connector, back.Reference.Workspace) is { } ours && issuer != ours)
            return ("wrong-issuer", "The answer bears the name of another provider.");
        if (back.Code is { Length: > 0 and <= LongestCode }) return null;
        return back.Error is { } error && Errors.TryGetValue(error, out var meaning)
            ? (error, meaning)
            : ("provider-error", "The provider sent neither a code nor an error that is known.");
    }

    // from here on the code is used up: what was begun is not given up with the browser
    private async Task<SignInOutcome> Exchange(RequestContext context, OAuthReturn back, AuthorizationStarted started)
    {
        var of = back.Reference;
        try
        {
            var connector = connectors.Find(started.Connector, of.Workspace);
            if (await vault.Get(of.Workspace, of.Connection, SignInStarter.VerifierEntry(of.Attempt), CancellationToken.None) is not { } kept)
                return await conclude.Fail(context, of, "verifier-lost", "What the sign-in began with is not there any more. Start again.");
            var answer = await endpoints.Exchange(
                connector.OAuth, connector.Application, back.Code!, kept.Field("verifier")!, back.Callback.AbsoluteUri, CancellationToken.None);
            if (answer is TokenResponse.Failed failed) return await conclude.Fail(context, of, "exchange-failed", failed.Message);

            var grant = ((TokenResponse.Granted)answer).Grant;
            var probed = await probe.Try(
                context, started.Connector, of.Connection, 0, started.Settings, Secret.None, byPerson: true, CancellationToken.None, new FreshTokens(grant));
            return probed.Result.Failure is { } unknown
                ? await conclude.Fail(context, of, "identify-failed", unknown.Message)
                : await conclude.Complete(context, back, started, connector, new SignedInAccount(grant, probed.Result.Account!, probed.Fingerprints));
        }
        catch (RejectedException refused)
        {
            return await conclude.Fail(context, of, refused.Code, refused.Message);
        }
        catch (Exception broken) // a store is away, others were faster each time, or a fault
        {
            log.LogError(broken, "A sign-in broke off: connection {Connection} of {Workspace}, attempt {Attempt}", of.Connection, of.Workspace, of.Attempt);
            await conclude.Fail(context, of, "interrupted", Interrupted);
            // what was thrown may have come after the append
            return await seen.Succeeded(back, CancellationToken.None) ?? new SignInOutcome.Broken(Interrupted);
        }
    }
}
