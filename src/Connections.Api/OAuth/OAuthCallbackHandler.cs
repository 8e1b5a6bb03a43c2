using Connections.Domain;
using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.Operations.SignIns;
using Connections.Web.OAuth;

namespace Connections.Api.OAuth;

/// <summary>Handles the requests of browsers that return from a provider, and chooses the page to show.</summary>
internal sealed class OAuthCallbackHandler(
    SignInStates states,
    SignInCallback callback,
    SignInCompletion completion,
    FailedSignIns failures,
    SignInCookies cookies,
    ConnectionStreams connections,
    PublicAddress address,
    ApiKeys keys,
    SessionStore people)
{
    private const int MaxFormBytes = 8 * 1024;

    public async Task<SignInPage> Return(HttpContext http)
    {
        var (query, ct) = (http.Request.Query, http.RequestAborted);
        string? One(string name) => query[name] is [{ } one] ? one : null;
        if (await states.Read(One("state"), ct) is not { } signIn) return Unknown("state");

        var issuer = query["iss"] is { Count: > 0 } named ? named.ToString() : null;
        var sameBrowser = await states.IsCookie(signIn.Attempt, cookies.GetBrowserCookie(http, signIn.Attempt), ct);
        var returned = new OAuthReturn(
            signIn, One("code"), One("error"), issuer, query.ToDictionary(q => q.Key, q => q.Value.ToString()), sameBrowser, cookies.GetConfirmationCookie(http, signIn.Attempt), address.Callback);
        var outcome = await callback.Return(returned, ct);
        if (outcome is SignInOutcome.Confirm { Nonce: var requested }) cookies.SetConfirmationCookie(http, signIn.Attempt, requested);
        if (outcome is SignInOutcome.ConnectedAlready { Nonce: var offered }) cookies.SetConfirmationCookie(http, signIn.Attempt, offered);
        var page = SignInPages.Create(outcome, One("state")!, await Requester(outcome, signIn, ct));
        return sameBrowser && cookies.ReturnsToConsole(http, signIn.Connection.Value)
            ? page with { Location = await ConsolePage(http, outcome, signIn, ct) }
            : page;
    }

    // A sign-in that began in the console ends there: at the connection, or at its form with the reason why it failed.
    private async Task<string?> ConsolePage(HttpContext http, SignInOutcome outcome, SignInReference signIn, CancellationToken ct)
    {
        var id = signIn.Connection.Value;
        if (outcome is SignInOutcome.Connected) return $"{address.BasePath(http)}/connections/{id}";
        if (outcome is not (SignInOutcome.Failed or SignInOutcome.Broken)) return null;
        var state = (await connections.Load(signIn.Connection, ct)).State;
        if (state.Exists) return $"{address.BasePath(http)}/connections/{id}/reconnect";
        return state.SignIn?.Start.Connector is { } connector ? $"{address.BasePath(http)}/connect/{Uri.EscapeDataString(connector)}?from={id}" : null;
    }

    public async Task<SignInPage> Confirm(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method)) return SignInPages.Nothing; // the confirmation page was reloaded
        if (http.Request.ContentLength is not <= MaxFormBytes || !http.Request.HasFormContentType) return Unknown("form");
        var (form, ct) = (await http.Request.ReadFormAsync(http.RequestAborted), http.RequestAborted);
        var state = form["state"].ToString();
        if (await states.Read(state, ct) is not { } signIn) return Unknown("state");
        return SignInPages.Create(await completion.Confirm(signIn, form["nonce"].ToString(), ct), state, "");
    }

    private SignInPage Unknown(string reason)
    {
        failures.Unknown(reason);
        return SignInPages.Failed("This sign-in was not started here.");
    }

    private async Task<string> Requester(SignInOutcome outcome, SignInReference signIn, CancellationToken ct) =>
        outcome is SignInOutcome.Confirm { Requester: var actor } && Guid.TryParse(actor, out var id)
            ? (await keys.Get(signIn.Connection.Workspace, id, ct))?.Name
                ?? await people.PersonName(signIn.Connection.Workspace, id, ct) ?? "A deleted key"
            : "";
}
