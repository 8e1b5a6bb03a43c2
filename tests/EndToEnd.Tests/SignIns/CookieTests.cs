using System.Net.Http.Json;
using System.Text.Json;
using System.Web;
using Connections.Connectors;
using DemoDefinitions;
using EndToEnd.Tests.Canaries;
using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.SignIns;

/// <summary>The cookie that identifies a browser, and the redirects of browsers.</summary>
public sealed class CookieTests
{
    [Theory]
    [InlineData(null, "sign-in-", "http://127.0.0.1:")]
    [InlineData("http://localhost:5080/connections", "sign-in-", "http://localhost:5080/connections/api/oauth/callback")]
    [InlineData("https://apps.example.com", "__Host-sign-in-", "https://apps.example.com/api/oauth/callback")]
    [InlineData("https://apps.example.com/connections/", "__Host-sign-in-", "https://apps.example.com/connections/api/oauth/callback")]
    public async Task A_browser_is_identified_by_a_cookie_that_no_other_host_can_set(string? address, string name, string callback)
    {
        await using var provider = await TokenProvider.Start();
        using var folder = new DataFolder();
        await using var host = await Start(folder, provider, address);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });

        var (cookie, authorizeUrl) = await Begin(http, host.Api);
        var parts = cookie.Split("; ");
        Assert.StartsWith(name, parts[0], StringComparison.Ordinal);
        var flags = parts[1..].Where(p => !p.StartsWith("expires", StringComparison.Ordinal)).Order();
        string[] secure = name.StartsWith("__Host-", StringComparison.Ordinal) ? ["secure"] : [];
        Assert.Equal(["httponly", "max-age=600", "path=/", "samesite=lax", .. secure], flags);
        Assert.StartsWith(callback, HttpUtility.ParseQueryString(new Uri(authorizeUrl).Query)["redirect_uri"], StringComparison.Ordinal);

        using var back = new HttpRequestMessage(HttpMethod.Get, GrantHosts.Back(host.Api, authorizeUrl, "oncecookie"));
        back.Headers.Add("Cookie", parts[0]);
        using var page = await http.SendAsync(back);
        Assert.Contains("is connected to", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal); // and no confirmation was needed
    }

    [Fact]
    public async Task Neither_a_host_header_nor_a_parameter_controls_the_redirect()
    {
        await using var provider = await TokenProvider.Start();
        using var folder = new DataFolder();
        await using var host = await Start(folder, provider, null);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

        var (cookie, authorizeUrl) = await Begin(http, host.Api, "evil.example");
        Assert.DoesNotContain("evil", authorizeUrl, StringComparison.Ordinal);
        var elsewhere = string.Concat(new[] { "redirect", "redirect_uri", "return", "return_url", "next", "url" }.Select(p => $"&{p}=https://evil.example/"));
        using var back = new HttpRequestMessage(HttpMethod.Get, $"{GrantHosts.Back(host.Api, authorizeUrl, "onceopen")}{elsewhere}");
        back.Headers.Host = "evil.example";
        back.Headers.Add("Cookie", cookie.Split("; ")[0]);
        using var page = await http.SendAsync(back);
        Assert.Equal(200, (int)page.StatusCode);
        Assert.Null(page.Headers.Location);
        Assert.DoesNotContain("evil", $"{page.Headers}{await page.Content.ReadAsStringAsync()}", StringComparison.Ordinal);
    }

    private static Task<InProcessHost> Start(DataFolder folder, TokenProvider provider, string? address) => InProcessHost.Start(folder.Path, builder =>
    {
        builder.Configuration["Http:PublicUrl"] = address;
        builder.Configuration["OAuth:demo-mail:Base"] = provider.Address;
        builder.Configuration["OAuth:demo-mail:ClientId"] = "connections";
        builder.Services.AddDefinedConnector(DemoConnectors.Mail);
    });

    private static async Task<(string Cookie, string AuthorizeUrl)> Begin(HttpClient http, Api api, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, "/api/connections"))
        {
            Content = JsonContent.Create(new { connector = "demo-mail", name = "Cookies" })
        };
        request.Headers.Authorization = new("Bearer", api.Key);
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request);
        var body = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        return (answer.Headers.GetValues("Set-Cookie").Single(), body.GetProperty("authorizeUrl").GetString()!);
    }
}
