using Connections.Connectors;
using Connections.Credentials;
using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

/// <summary>Takes people in who come back from a provider: the code is recorded as received, exchanged once, and the account identified.</summary>
public sealed class FinishSignIns(
    IEventLog log,
    ConnectionStreams connections,
    SignInConnectors connectors,
    OAuthEndpoints endpoints,
    ConnectionProbe probe,
    ConcludeSignIns conclude,
    IVault vault,
    TimeProvider clock)
{
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

    public async Task<SignInEnd> Return(SignInReturn back, CancellationToken ct)
    {
        var of = back.Of;
        var stream = ConnectionDecider.Stream(of.Workspace, of.Connection);
        var now = await connections.Load(stream, ct);
        var who = await Requester(of, stream, ct);
        if (back.Code is not { Length: > 0 } code)
        {
            if (now.State.SignIn is not { Phase: SignInPhase.Started } signIn || signIn.Of.Attempt != of.Attempt) return Seen(now.State, back);
            return back.Error is { } error && Errors.TryGetValue(error, out var meaning)
                ? await conclude.Fail(who, of, error, meaning)
                : await conclude.Fail(who, of, "provider-error", "The provider sent neither a code nor an error that is known.");
        }

        Loaded<ConnectionState> received;
        try
        {
            received = await connections.Handle(stream, new ReceiveCode(of.Attempt, clock.GetUtcNow()), who.Metadata, ct);
        }
        catch (RejectedException stale)
        {
            now = await connections.Load(stream, ct);
            if (now.State.SignIn is { Over: true } ended && ended.Of.Attempt == of.Attempt) return Seen(now.State, back);
            await conclude.Fail(who, of, "expired", stale.Message);
            return new SignInEnd.Failed(stale.Message);
        }

        return received.Position is null ? Seen(received.State, back) : await Exchange(who, back, code, received.State.SignIn!.Of);
    }

    // from here on the code is used up: what was begun is not given up with the browser
    private async Task<SignInEnd> Exchange(Who who, SignInReturn back, string code, AuthorizationStarted started)
    {
        var of = back.Of;
        try
        {
            var connector = connectors.Find(started.Connector, of.Workspace);
            if (await vault.Get(of.Workspace, of.Connection, StartSignIns.VerifierEntry(of.Attempt), CancellationToken.None) is not { } kept)
                return await conclude.Fail(who, of, "verifier-lost", "What the sign-in began with is not there any more. Start again.");
            var answer = await endpoints.Exchange(
                connector.OAuth, connector.Application, code, kept.Field("verifier")!, back.Callback.AbsoluteUri, CancellationToken.None);
            if (answer is TokenAnswer.Failed failed) return await conclude.Fail(who, of, "exchange-failed", failed.Message);

            var grant = ((TokenAnswer.Granted)answer).Grant;
            var probed = await probe.Try(
                who, started.Connector, of.Connection, 0, started.Settings, Secret.None, byPerson: true, CancellationToken.None, new FreshTokens(grant));
            return probed.Result.Failure is { } unknown
                ? await conclude.Fail(who, of, "identify-failed", unknown.Message)
                : await conclude.Conclude(who, back, started, connector, new SignedInAccount(grant, probed.Result.Account!, probed.Fingerprints));
        }
        catch (RejectedException refused)
        {
            return await conclude.Fail(who, of, refused.Code, refused.Message);
        }
    }

    // a second tab, a reload, or somebody else who got hold of the address
    private static SignInEnd Seen(ConnectionState now, SignInReturn back)
    {
        if (now.SignIn is not { } signIn || signIn.Of.Attempt != back.Of.Attempt)
            return new SignInEnd.Failed("A later sign-in took the place of this one.");
        if (signIn.Phase == SignInPhase.CodeReceived) return new SignInEnd.UnderWay();
        if (!back.SameBrowser) return new SignInEnd.Over();
        return signIn.Phase == SignInPhase.Succeeded && now.Exists
            ? new SignInEnd.Connected(signIn.Of.Connector, now.Name, now.Live!.Account.Display, [], now.CredentialVersion > 1)
            : new SignInEnd.Failed("This sign-in has failed. Start again.");
    }

    private async Task<Who> Requester(SignInReference of, string stream, CancellationToken ct)
    {
        var events = (await log.Read(stream, ct)).Events;
        var start = events.LastOrDefault(e => ConnectionDecider.Names.Read(e) is AuthorizationStarted a && a.Attempt == of.Attempt);
        return start is null
            ? new Who(of.Workspace, "sign-in")
            : new Who(of.Workspace, EventMetadata.Of(start).Actor, EventMetadata.Of(start).Correlation, start.Id.ToString());
    }
}
