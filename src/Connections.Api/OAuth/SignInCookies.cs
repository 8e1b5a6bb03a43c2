using Connections.Operations.SignIns;

namespace Connections.Api.OAuth;

/// <summary>
/// By which a browser is known again; they end with the sign-in. Where the address is encrypted no other host can set them, not even a
/// sibling below the same domain (<c>__Host-</c>).
/// </summary>
public sealed class SignInCookies(PublicAddress address)
{
    private const string BrowserCookie = "sign-in";
    private const string ConfirmationCookie = "sign-in-asked";

    /// <summary>The browser that starts a sign-in.</summary>
    public void SetBrowserCookie(HttpContext http, StartedSignIn started) => Append(http, Name(BrowserCookie, started.Attempt), started.Cookie);

    /// <summary>The browser that is shown a page with a button, and may load it again.</summary>
    public void SetConfirmationCookie(HttpContext http, Guid attempt, string nonce) => Append(http, Name(ConfirmationCookie, attempt), nonce);

    public string? GetBrowserCookie(HttpContext http, Guid attempt) => http.Request.Cookies[Name(BrowserCookie, attempt)];

    public string? GetConfirmationCookie(HttpContext http, Guid attempt) => http.Request.Cookies[Name(ConfirmationCookie, attempt)];

    private string Name(string kind, Guid attempt) => $"{(address.Encrypted ? "__Host-" : "")}{kind}-{attempt:n}";

    // the prefix wants the path "/"; and what stands before the service may have put it below another one
    private void Append(HttpContext http, string name, string value) => http.Response.Cookies.Append(name, value, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = address.Encrypted,
        Path = "/",
        MaxAge = SignInStarter.Life
    });
}
