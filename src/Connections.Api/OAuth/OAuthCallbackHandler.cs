using Connections.Hosting.Keys;
using Connections.Operations.SignIns;

namespace Connections.Api.OAuth;

/// <summary>Reads what browsers bring, and answers what they are shown.</summary>
internal sealed class OAuthCallbackHandler(
    SignInStates states,
    SignInCallback finish,
    SignInCompletion conclude,
    FailedSignIns stopped,
    SignInCookies cookies,
    PublicAddress address,
    ApiKeys keys)
{
    private const int LongestForm = 8 * 1024;

    public async Task<SignInPage> Return(HttpContext http)
    {
        var (query, ct) = (http.Request.Query, http.RequestAborted);
        string? One(string name) => query[name] is [{ } one] ? one : null;
        if (await states.Read(One("state"), ct) is not { } of) return Unknown("state");

        var issuer = query["iss"] is { Count: > 0 } named ? named.ToString() : null;
        var same = await states.IsCookie(of.Attempt, cookies.GetBrowserCookie(http, of.Attempt), ct);
        var back = new OAuthReturn(of, One("code"), One("error"), issuer, same, cookies.GetConfirmationCookie(http, of.Attempt), address.Callback);
        var end = await finish.Return(back, ct);
        if (end is SignInOutcome.Confirm { Nonce: var asked }) cookies.SetConfirmationCookie(http, of.Attempt, asked);
        if (end is SignInOutcome.ConnectedAlready { Nonce: var offered }) cookies.SetConfirmationCookie(http, of.Attempt, offered);
        return SignInPages.Create(end, One("state")!, await Requester(end, of, ct));
    }

    public async Task<SignInPage> Confirm(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method)) return SignInPages.Nothing; // the address of a page that a click led to, loaded again
        if (http.Request.ContentLength is not <= LongestForm || !http.Request.HasFormContentType) return Unknown("form");
        var (form, ct) = (await http.Request.ReadFormAsync(http.RequestAborted), http.RequestAborted);
        var state = form["state"].ToString();
        if (await states.Read(state, ct) is not { } of) return Unknown("state");
        return SignInPages.Create(await conclude.Confirm(of, form["nonce"].ToString(), ct), state, "");
    }

    private SignInPage Unknown(string reason)
    {
        stopped.Unknown(reason);
        return SignInPages.Failed("This sign-in was not started here.");
    }

    private async Task<string> Requester(SignInOutcome end, SignInReference of, CancellationToken ct) =>
        end is SignInOutcome.Confirm { Requester: var actor } && Guid.TryParse(actor, out var id)
            ? (await keys.Get(of.Workspace, id, ct))?.Name ?? actor
            : "";
}
