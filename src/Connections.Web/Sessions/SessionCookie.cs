using Connections.Web.OAuth;

namespace Connections.Web.Sessions;

/// <summary>
/// The cookie of a session. Over https its <c>__Host-</c> prefix keeps every other host from setting it. On loopback its name holds the
/// port, because browsers share cookies between the ports of a host.
/// </summary>
public sealed class SessionCookie(PublicAddress address)
{
    private const int MaxLength = 64;

    public string? Read(HttpContext http) => http.Request.Cookies[Name(http)] is { Length: > 0 and <= MaxLength } token ? token : null;

    public void Write(HttpContext http, string token) => http.Response.Cookies.Append(Name(http), token, Options(http));

    public void Remove(HttpContext http) => http.Response.Cookies.Delete(Name(http), Options(http));

    private string Name(HttpContext http) => address.IsEncrypted(http) ? "__Host-session" : $"session-{http.Connection.LocalPort}";

    private CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = address.IsEncrypted(http), Path = "/" };
}
