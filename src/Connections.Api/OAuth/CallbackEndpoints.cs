using Connections.Operations;

namespace Connections.Api;

/// <summary>Where browsers come back to from providers. Open to all: what they bring says whom they come for.</summary>
public static class CallbackEndpoints
{
    private const int LongestCode = 4096;
    private const int LongestForm = 8 * 1024;

    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/oauth/callback", Return).ExcludeFromDescription();
        routes.MapPost("/api/oauth/confirm", Confirm).ExcludeFromDescription();
    }

    /// <summary>The browser that starts a sign-in is known again by this; it goes to the callback alone, and ends with the sign-in.</summary>
    public static void KnowAgain(this HttpContext http, StartedSignIn started, PublicAddress address) => http.Response.Cookies.Append(
        SignInStates.CookieName(started.Attempt),
        started.Cookie,
        new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = address.Encrypted,
            Path = "/api/oauth",
            MaxAge = StartSignIns.Life
        });

    private static async Task Return(
        HttpContext http, SignInStates states, FinishSignIns finish, PublicAddress address, ApiKeys keys, CancellationToken ct)
    {
        var query = http.Request.Query;
        string? One(string name) => query[name] is [{ } one] ? one : null;
        if (await states.Read(One("state"), ct) is not { } of || One("code") is { Length: > LongestCode })
        {
            await SignInPages.Failed("This sign-in was not started here.").Write(http);
            return;
        }

        var same = await states.IsCookie(of.Attempt, http.Request.Cookies[SignInStates.CookieName(of.Attempt)], ct);
        var end = await finish.Return(new SignInReturn(of, One("code"), One("error"), same, address.Callback), ct);
        await SignInPages.Of(end, One("state")!, await Requester(end, of, keys, ct)).Write(http);
    }

    private static async Task Confirm(HttpContext http, SignInStates states, ConcludeSignIns conclude, CancellationToken ct)
    {
        if (http.Request.ContentLength is not <= LongestForm || !http.Request.HasFormContentType)
        {
            await SignInPages.Failed("There is nothing to confirm here.").Write(http);
            return;
        }

        var form = await http.Request.ReadFormAsync(ct);
        var state = form["state"].ToString();
        var page = await states.Read(state, ct) is { } of
            ? SignInPages.Of(await conclude.Confirm(of, form["nonce"].ToString(), ct), state, "")
            : SignInPages.Failed("This sign-in was not started here.");
        await page.Write(http);
    }

    private static async Task<string> Requester(SignInEnd end, SignInReference of, ApiKeys keys, CancellationToken ct) =>
        end is SignInEnd.Confirm { Requester: var actor } && Guid.TryParse(actor, out var id)
            ? (await keys.Get(of.Workspace, id, ct))?.Name ?? actor
            : "";
}
