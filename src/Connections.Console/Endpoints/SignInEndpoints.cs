using System.Globalization;
using System.Security.Cryptography;
using Connections.Console.Oidc;
using Connections.Console.Pages;
using Connections.Console.Rendering;
using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.Web.Keys;
using Connections.Web.OAuth;
using Connections.Web.Sessions;

namespace Connections.Console.Endpoints;

/// <summary>Signs browsers in: with an API key, or with a one-time address.</summary>
internal static class SignInEndpoints
{
    private static string LoginCookie(HttpContext http) =>
        Encrypted(http) ? "__Host-sign-in-form" : $"sign-in-form-{http.Connection.LocalPort}";

    private static bool Encrypted(HttpContext http) => http.RequestServices.GetRequiredService<PublicAddress>().IsEncrypted(http);

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (HttpContext http) => Show(http, http.Request.Query["next"], null, 200));
        routes.MapPost("/sign-in", SignIn);
        routes.MapGet("/enter/{code}", (string code, HttpContext http) =>
            Page.Show<EnterPage, EnterModel>(http, new EnterModel(code, null)));
        routes.MapPost("/enter/{code}", Enter);
    }

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-out", async (HttpContext http, BrowserSessions sessions) =>
        {
            await sessions.End(http);
            await Page.Go(http, http.User is SessionPrincipal { Session.Person: not null } ? "sign-in?out=1" : "sign-in");
        }).Needs(Role.Viewer);
        routes.MapPost("/preferences", async (HttpContext http) =>
        {
            var form = await http.Form();
            Preferences.Store(http, form["theme"], form["times"]);
            await Page.Go(http, Page.Local(form["next"]));
        }).Needs(Role.Viewer);
    }

    // Before the sign-in there is no session: the form carries a value that only this browser's cookie has too, so that no other site can
    // sign a browser in under a key of its own. Over https, its prefix keeps other hosts from setting it.
    private static async Task Show(HttpContext http, string? next, string? error, int status)
    {
        var provider = http.RequestServices.GetRequiredService<ProviderPages>();
        var signedOut = provider.Name is not null && http.Request.Query["out"] == "1";
        var token = http.Request.Cookies[LoginCookie(http)] is { Length: 43 } known
            ? known
            : System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        http.Response.Cookies.Append(
            LoginCookie(http),
            token,
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", Secure = Encrypted(http) });
        var model = new SignInModel(
            Page.Local(next), token, error, provider.Name, Failed(http.Request.Query["failed"], provider.Name), signedOut,
            signedOut ? await provider.EndSession(http.RequestAborted) : null);
        await Page.Show<SignInPage, SignInModel>(http, model, status);
    }

    private static string? Failed(string? how, string? provider) => (how, provider) switch
    {
        (_, null) or (null or "", _) => null,
        ("refused", _) => $"{provider} says that the sign-in was refused.",
        ("unreachable", _) => $"{provider} does not answer. Try again in a minute, or sign in with a key.",
        _ => $"The sign-in at {provider} was not finished. It may have taken too long. Begin again."
    };

    private static async Task SignIn(
        HttpContext http, ApiKeys keys, BrowserSessions sessions, SignInAttemptsByAddress attempts, TimeProvider clock,
        CancellationToken ct)
    {
        var form = http.Request.HasFormContentType ? await http.Form() : FormCollection.Empty;
        var (next, given) = (form["next"].ToString(), form["form-token"].ToString());
        if (Guard.IsForeign(http) || http.Request.Cookies[LoginCookie(http)] is not { Length: > 0 } own || own != given)
        {
            await Show(http, next, "The form was not sent from this page. Try again.", 400);
            return;
        }

        if (attempts.Pause(http.Connection.RemoteIpAddress) is { } pause)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(pause.TotalSeconds));
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await Show(http, next, $"Five wrong keys came from your address. Try again in {seconds} seconds.", 429);
            return;
        }

        var key = await keys.Find(ApiKey.Hash(form["key"].ToString().Trim()), ct);
        if (key is null || key.ExpiresAt <= clock.GetUtcNow())
        {
            attempts.Wrong(http.Connection.RemoteIpAddress);
            await Show(http, next, "There is no such key, or it has expired.", 422);
            return;
        }

        await sessions.Begin(http, key.Workspace, key.Id);
        await Page.Go(http, Page.Local(next));
    }

    private static async Task Enter(string code, HttpContext http, SessionStore store, BrowserSessions sessions, CancellationToken ct)
    {
        if (Guard.IsForeign(http))
        {
            await Page.Show<EnterPage, EnterModel>(http, new EnterModel(code, "The form was sent from another site."), 400);
            return;
        }

        if (await store.UseCode(code, ct) is not { } found)
        {
            const string Again = "The service prints a new one at its start, and with the command “console”.";
            await Page.Show<EnterPage, EnterModel>(http, new EnterModel(code, Again), 410);
            return;
        }

        await sessions.Begin(http, found.Workspace, found.KeyId);
        await Page.Go(http, "");
    }
}
