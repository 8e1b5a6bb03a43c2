using System.Net;
using System.Text.RegularExpressions;

namespace Console.Tests;

/// <summary>A browser without a window: it keeps cookies, and sends the forms of the console.</summary>
internal static partial class Browser
{
    public static HttpClient Open(string address) =>
        new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(address) };

    /// <summary>Signs in, and returns the address to which the sign-in leads.</summary>
    public static async Task<string> SignIn(HttpClient client, string key, string next = "")
    {
        var token = await Token(client, "/sign-in");
        var fields = new Dictionary<string, string> { ["form-token"] = token, ["key"] = key, ["next"] = next };
        return (await client.PostAsync("/sign-in", new FormUrlEncodedContent(fields))).Headers.Location?.OriginalString ?? "";
    }

    /// <summary>The token that the forms of a page carry.</summary>
    public static async Task<string> Token(HttpClient client, string page = "/connections") =>
        WebUtility.HtmlDecode(FormToken().Match(await client.GetStringAsync(page)).Groups[1].Value);

    public static FormUrlEncodedContent Form(string? token = null) =>
        new(new Dictionary<string, string> { ["form-token"] = token ?? "", ["id"] = "x" });

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
