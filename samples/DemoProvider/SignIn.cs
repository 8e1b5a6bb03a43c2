using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace DemoProvider;

/// <summary>The sign-in and consent pages of the provider.</summary>
internal static class SignIn
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-in", (Delegate)In);
        routes.MapMethods("/connect/authorize", ["GET", "POST"], (Delegate)Authorize);
        routes.MapPost("/account/disconnect", Disconnect);
        routes.MapGet("/account/tokens", LiveTokens);
    }

    private static async Task<IResult> In(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var (user, next) = (form["user"].ToString(), form["next"].ToString());
        var valid = user.Length is > 0 and <= 40 && user.All(char.IsAsciiLetterLower);
        if (!valid || !next.StartsWith("/connect/authorize?", StringComparison.Ordinal)) return Results.BadRequest();
        var identity = new ClaimsIdentity([new Claim(Claims.Subject, user)], CookieAuthenticationDefaults.AuthenticationScheme);
        await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
        return Results.Redirect(next);
    }

    private static async Task<IResult> Authorize(HttpContext http)
    {
        var request = http.GetOpenIddictServerRequest()!;
        var session = await http.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (session.Principal?.FindFirstValue(Claims.Subject) is not { } user) return Page(SignInPage($"{http.Request.Path}{http.Request.QueryString}"));
        if (!HttpMethods.IsPost(http.Request.Method)) return Page(ConsentPage(user, request));
        var form = await http.Request.ReadFormAsync();
        return form["answer"] == "allow" ? Allow(user, request, [.. form["granted"].OfType<string>()]) : Deny();
    }

    private static IResult Allow(string user, OpenIddictRequest request, string[] granted)
    {
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, user);
        identity.SetScopes(request.GetScopes().Where(s => s == Scopes.OfflineAccess || granted.Contains(s)));
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static IResult Deny() => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.AccessDenied,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "The user denied the request."
        }),
        [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);

    // Revokes all grants of a user, like the account settings of a real provider.
    private static async Task<IResult> Disconnect(HttpContext http, IOpenIddictAuthorizationManager authorizations)
    {
        var user = (await http.Request.ReadFormAsync())["user"].ToString();
        var ended = 0;
        await foreach (var grant in authorizations.FindBySubjectAsync(user))
            if (await authorizations.TryRevokeAsync(grant)) ended++;
        return Results.Ok(new { ended });
    }

    // Counts valid refresh tokens. A token whose grant was revoked is not valid, although the token itself was not revoked.
    private static async Task<IResult> LiveTokens(string user, IOpenIddictTokenManager tokens, IOpenIddictAuthorizationManager authorizations)
    {
        var live = 0;
        await foreach (var token in tokens.FindBySubjectAsync(user))
        {
            if (!await tokens.HasTypeAsync(token, TokenTypeIdentifiers.RefreshToken)) continue;
            var grant = await authorizations.FindByIdAsync(await tokens.GetAuthorizationIdAsync(token) ?? "");
            var granted = grant is not null && await authorizations.HasStatusAsync(grant, Statuses.Valid);
            if (granted && await tokens.HasStatusAsync(token, Statuses.Valid)) live++;
        }

        return Results.Ok(new { live });
    }

    private static string SignInPage(string next)
    {
        var buttons = string.Concat(DemoSettings.Users.Select(u => $"<button name=\"user\" value=\"{u}\">{u}</button> "));
        return $"<h1>Sign in</h1><form method=\"post\" action=\"/sign-in\">{Hidden("next", next)}{buttons}</form>";
    }

    private static string ConsentPage(string user, OpenIddictRequest request)
    {
        var page = new StringBuilder($"<h1>Hello {Text(user)}</h1><p>Connections would like to:</p><form method=\"post\" action=\"/connect/authorize\">");
        foreach (var parameter in request.GetParameters()) page.Append(Hidden(parameter.Key, (string?)parameter.Value ?? ""));
        foreach (var scope in request.GetScopes().Where(DemoSettings.Scopes.ContainsKey))
        {
            page.Append("<p><label><input type=\"checkbox\" name=\"granted\" checked value=\"").Append(Text(scope)).Append("\"> ")
                .Append(Text(DemoSettings.Scopes[scope])).Append("</label></p>");
        }

        return page.Append("<button name=\"answer\" value=\"allow\">Allow</button> <button name=\"answer\" value=\"deny\">Deny</button></form>").ToString();
    }

    private static string Hidden(string name, string value) => $"<input type=\"hidden\" name=\"{Text(name)}\" value=\"{Text(value)}\">";

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);

    private static IResult Page(string body) => Results.Content(
        $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Demo provider</title></head><body>{body}</body></html>", "text/html");
}
