using Connections.Connectors.OAuth;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Connections;
using EventSourcing;
using Microsoft.Extensions.Logging;

namespace Connections.Operations.SignIns;

/// <summary>Handles the return from a provider: records that a code was received, exchanges it once, and identifies the account.</summary>
public sealed class SignInCallback(
    ConnectionStreams connections,
    SignInAttempts attempts,
    SignInConnectors connectors,
    OAuthEndpoints endpoints,
    ConnectionProbe probe,
    SignInCompletion completion,
    RepeatedSignIns repeated,
    IVault vault,
    TimeProvider clock,
    ILogger<SignInCallback> log)
{
    private const int MaxCodeLength = 4096;

    private const string Interrupted = "The service could not store the result of the sign-in. Start again.";

    // RFC 6749 4.1.2.1. Any other value that the browser sends is not written into the log.
    private static readonly Dictionary<string, string> Errors = new()
    {
        ["access_denied"] = "The sign-in was denied at the provider.",
        ["invalid_scope"] = "The provider does not know a requested scope.",
        ["invalid_request"] = "The provider rejected the request as malformed.",
        ["unauthorized_client"] = "The provider does not permit our application to do this.",
        ["unsupported_response_type"] = "The provider does not permit our application to do this.",
        ["server_error"] = "The provider failed. Try again.",
        ["temporarily_unavailable"] = "The provider cannot serve now. Try again later."
    };

    public async Task<SignInOutcome> Return(OAuthReturn back, CancellationToken ct)
    {
        var reference = back.Reference;
        var stream = reference.Connection;
        var now = (await connections.Load(stream, ct)).State;
        var context = (await attempts.Read(reference, ct)).Context;
        if (now.SignIn is not { Phase: SignInPhase.Started } signIn || signIn.Start.Attempt != reference.Attempt)
            return await repeated.Handle(now, back, ct);
        if (FindProblem(signIn.Start, back) is var (reason, message)) return await completion.Fail(context, reference, reason, message);

        Loaded<ConnectionState> received;
        try
        {
            received = await connections.Handle(
                stream, new ReceiveCode(reference.Attempt, clock.GetUtcNow()), context.Metadata, CancellationToken.None);
        }
        catch (RejectedException stale)
        {
            return await completion.Fail(context, reference, "expired", stale.Message);
        }

        return received.Position is null
            ? await repeated.Handle(received.State, back, ct)
            : await Exchange(context, back, received.State.SignIn!.Start);
    }

    // Null: the callback brings a code that can be exchanged.
    private (string Reason, string Message)? FindProblem(AuthorizationStarted started, OAuthReturn back)
    {
        // RFC 9207
        if (back.Issuer is { } issuer && connectors.Issuer(started.Connector, back.Reference.Connection.Workspace) is { } ours && issuer != ours)
            return ("wrong-issuer", "The response names another provider as its issuer.");
        if (connectors.Named(started.Connector, back.Parameters, started.Settings) is null)
            return ("unknown-server", "The provider's response names a server that the connector does not know. Start again.");
        if (back.Code is { Length: > 0 and <= MaxCodeLength }) return null;
        return back.Error is { } error && Errors.TryGetValue(error, out var meaning)
            ? (error, meaning)
            : ("provider-error", "The provider sent neither a code nor an error that is known.");
    }

    // From here on the code is used up: the work continues even if the browser disconnects.
    private async Task<SignInOutcome> Exchange(RequestContext context, OAuthReturn back, AuthorizationStarted started)
    {
        var reference = back.Reference;
        try
        {
            var connector = connectors.Find(started.Connector, reference.Connection.Workspace);
            var entry = SignInStarter.VerifierEntry(reference.Attempt);
            if (await vault.Get(reference.Connection, entry, CancellationToken.None) is not { } stored)
                return await completion.Fail(
                    context, reference, "verifier-lost", "The PKCE verifier of the sign-in no longer exists. Start again.");
            var used = new Dictionary<string, string>(connector.OAuth.Used(started.Settings));
            foreach (var (name, value) in connector.OAuth.Named(back.Parameters, started.Settings)!) used[name] = value;
            var response = await endpoints.Exchange(
                connector.OAuth.With(used),
                connector.Application,
                back.Code!,
                stored.Field("verifier")!,
                back.Callback.AbsoluteUri,
                CancellationToken.None);
            if (response is TokenResponse.Failed failed)
                return await completion.Fail(context, reference, "exchange-failed", failed.Reason, failed.Message);

            var grant = ((TokenResponse.Granted)response).Grant.WithKept(used);
            var probed = await probe.Try(
                context, started.Connector, reference.Connection.Value, 0, started.Settings, Secret.None, byPerson: true, CancellationToken.None,
                new FreshTokens(grant));
            return probed.Result.Failure is { } unknown
                ? await completion.Fail(context, reference, "identify-failed", unknown.Reason, unknown.Message)
                : await completion.Complete(
                    context, back, started, connector, new SignedInAccount(grant.WithKept(probed.Result.Kept), probed.Result.Account!, probed.Fingerprints));
        }
        catch (RejectedException refused)
        {
            return await completion.Fail(context, reference, refused.Code, refused.Message);
        }
        catch (Exception broken) // a store is unavailable, another writer was faster each time, or a fault
        {
            log.LogError(
                broken, "A sign-in was interrupted: connection {Connection} of {Workspace}, attempt {Attempt}", reference.Connection.Value,
                reference.Connection.Workspace, reference.Attempt);
            await completion.Fail(context, reference, "interrupted", Interrupted);
            // The exception may have come after the append: check for a recorded success.
            return await repeated.Succeeded(back, CancellationToken.None) ?? new SignInOutcome.Broken(Interrupted);
        }
    }
}
