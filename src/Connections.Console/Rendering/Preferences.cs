using Connections.Web.OAuth;

namespace Connections.Console.Rendering;

/// <summary>The preferences of a browser: light or dark, and the zone of times. Both are in cookies without meaning for anybody else.</summary>
internal static class Preferences
{
    private const string ThemeCookie = "theme";
    private const string TimesCookie = "times";

    private static readonly string[] Themes = ["system", "light", "dark"];
    private static readonly string[] Zones = ["local", "utc"];

    public static string Theme(HttpContext http) => Known(http.Request.Cookies[ThemeCookie], Themes);

    public static string Times(HttpContext http) => Known(http.Request.Cookies[TimesCookie], Zones);

    public static void Store(HttpContext http, string? theme, string? times)
    {
        var options = new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            MaxAge = TimeSpan.FromDays(365),
            Secure = http.RequestServices.GetRequiredService<PublicAddress>().IsEncrypted(http)
        };
        http.Response.Cookies.Append(ThemeCookie, Known(theme, Themes), options);
        http.Response.Cookies.Append(TimesCookie, Known(times, Zones), options);
    }

    private static string Known(string? given, string[] known) => known.Contains(given) ? given! : known[0];
}
