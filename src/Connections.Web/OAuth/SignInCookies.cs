using Connections.Domain.Connection;
using Connections.Operations.SignIns;

namespace Connections.Web.OAuth;

/// <summary>
/// The cookies that identify a browser during a sign-in, and expire with it. Over https their <c>__Host-</c> prefix keeps every other host
/// from setting them, including a sibling below the same domain.
/// </summary>
public sealed class SignInCookies(PublicAddress address)
{
    private const string BrowserCookie = "sign-in";
    private const string ConsoleCookie = "sign-in-console";
    private const string ConfirmationCookie = "sign-in-asked";

    /// <summary>Marks the browser that starts a sign-in.</summary>
    public void SetBrowserCookie(HttpContext http, StartedSignIn started) => Append(http, Name(BrowserCookie, started.Attempt), started.Cookie);

    /// <summary>Marks the browser that is shown a confirmation page, so that it may reload the page.</summary>
    public void SetConfirmationCookie(HttpContext http, Guid attempt, string nonce) => Append(http, Name(ConfirmationCookie, attempt), nonce);

    public string? GetBrowserCookie(HttpContext http, Guid attempt) => http.Request.Cookies[Name(BrowserCookie, attempt)];

    public string? GetConfirmationCookie(HttpContext http, Guid attempt) => http.Request.Cookies[Name(ConfirmationCookie, attempt)];

    /// <summary>Marks the browser whose sign-in began in the console, so that it returns there. The cookie says where to; no address does.</summary>
    /// <returns>The address where the person signs in.</returns>
    public string ReturnToConsole(HttpContext http, SignInResponse signIn)
    {
        Append(http, Name(ConsoleCookie, signIn.Id), "1");
        return signIn.AuthorizeUrl;
    }

    public bool ReturnsToConsole(HttpContext http, Guid connection) => http.Request.Cookies[Name(ConsoleCookie, connection)] == "1";

    private string Name(string kind, Guid id) => $"{(address.Encrypted ? "__Host-" : "")}{kind}-{id:n}";

    // The __Host- prefix requires the path "/". A reverse proxy may also serve the service below another path.
    private void Append(HttpContext http, string name, string value) => http.Response.Cookies.Append(name, value, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = address.Encrypted,
        Path = "/",
        MaxAge = SignInTime.Life
    });
}
