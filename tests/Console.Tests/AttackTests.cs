using System.Net;
using System.Text.RegularExpressions;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed partial class AttackTests(Service service, Chromium chromium)
{
    private const string Script = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    [Fact]
    public async Task A_one_time_address_works_once_and_looking_at_it_uses_nothing_up()
    {
        await service.Kill();
        await service.Start();
        using var client = Browser();
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(service.OneTimeAddress)).StatusCode);
        var foreign = new HttpRequestMessage(HttpMethod.Post, service.OneTimeAddress) { Headers = { { "Sec-Fetch-Site", "cross-site" } } };
        Assert.Equal(HttpStatusCode.BadRequest, (await client.SendAsync(foreign)).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await client.PostAsync(service.OneTimeAddress, null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connections")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await client.PostAsync(service.OneTimeAddress, null)).StatusCode);
    }

    [Theory]
    [InlineData("/preferences")]
    [InlineData("/sign-out")]
    [InlineData("/keys")]
    [InlineData("/keys/00000000-0000-0000-0000-000000000001/delete")]
    [InlineData("/connect/postgres")]
    [InlineData("/connections/bulk")]
    [InlineData("/connections/00000000-0000-0000-0000-000000000001/test")]
    [InlineData("/connections/00000000-0000-0000-0000-000000000001/reconnect")]
    [InlineData("/connections/00000000-0000-0000-0000-000000000001/rename")]
    [InlineData("/connections/00000000-0000-0000-0000-000000000001/delete")]
    [InlineData("/connections/00000000-0000-0000-0000-000000000001/run/run-query")]
    [InlineData("/activities/00000000-0000-0000-0000-000000000001/cancel")]
    [InlineData("/activities/00000000-0000-0000-0000-000000000001/retry")]
    [InlineData("/activities/00000000-0000-0000-0000-000000000001/settle")]
    public async Task A_post_without_the_session_s_token_or_from_another_site_does_nothing(string path)
    {
        using var client = await SignedIn(service.Key);
        using var other = await SignedIn(service.Key);
        var (own, foreign) = (await Token(client), await Token(other));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(path, Form())).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(path, Form(foreign))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(path, Form("not-a-token"))).StatusCode);
        foreach (var site in new[] { "cross-site", "same-site", "none" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Form(own), Headers = { { "Sec-Fetch-Site", site } } };
            Assert.Equal(HttpStatusCode.BadRequest, (await client.SendAsync(request)).StatusCode);
        }

        using var stranger = Browser();
        Assert.StartsWith("/sign-in", (await stranger.PostAsync(path, Form(own))).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("viewer", "connect/postgres")]
    [InlineData("viewer", "connections/bulk")]
    [InlineData("runner", "connections/00000000-0000-0000-0000-000000000001/delete")]
    [InlineData("runner", "connections/00000000-0000-0000-0000-000000000001/reconnect")]
    [InlineData("manager", "keys")]
    [InlineData("viewer", "activities/00000000-0000-0000-0000-000000000001/cancel")]
    public async Task A_key_may_not_send_the_form_of_a_higher_role(string role, string path)
    {
        using var client = await SignedIn(await service.CreateKey(role));
        var response = await client.PostAsync($"/{path}", Form(await Token(client)));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("connections\r\nX: y")]
    public async Task A_sign_in_never_leads_to_another_site(string next)
    {
        using var client = Browser();
        var location = await SignIn(client, service.Key, next);
        Assert.Equal("/", location);
    }

    [Fact]
    public async Task A_page_without_a_session_leads_to_the_sign_in_and_back()
    {
        using var client = Browser();
        var response = await client.GetAsync("/connections?status=connected");
        Assert.Equal("/sign-in?next=connections%3Fstatus%3Dconnected", response.Headers.Location!.OriginalString);
        Assert.Equal("/connections?status=connected", await SignIn(client, service.Key, "connections?status=connected"));
    }

    [Fact]
    public async Task A_session_is_no_key_and_a_key_is_no_session()
    {
        using var client = await SignedIn(service.Key);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/connections")).StatusCode);
        using var caller = Browser();
        caller.DefaultRequestHeaders.Authorization = new("Bearer", service.Key);
        Assert.Equal(HttpStatusCode.SeeOther, (await caller.GetAsync("/connections")).StatusCode);
    }

    [Fact]
    public async Task A_deleted_key_ends_its_sessions()
    {
        var made = await service.Post("/api/keys", new { name = "short", role = "viewer" });
        using var client = await SignedIn(made.GetProperty("key").GetString()!);
        using var admin = await SignedIn(service.Key);
        await admin.PostAsync($"/keys/{made.GetProperty("id").GetString()}/delete", Form(await Token(admin)));
        Assert.Equal(HttpStatusCode.SeeOther, (await client.GetAsync("/connections")).StatusCode);
    }

    [Fact]
    public async Task Every_page_forbids_frames_foreign_scripts_and_caches()
    {
        using var client = await SignedIn(service.Key);
        foreach (var path in new[] { "/", "/connections", "/sign-in", "/enter/x", "/connections/00000000-0000-0000-0000-000000000001" })
        {
            var headers = (await client.GetAsync(path)).Headers;
            var policy = headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("no-referrer", headers.GetValues("Referrer-Policy").Single());
            Assert.True(headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task A_name_with_markup_is_shown_and_never_run()
    {
        var id = await service.Connect(Script, "markup");
        await using var visitor = await chromium.Visit(service, service.Key);
        foreach (var page in new[] { "connections", $"connections/{id}", $"connections/{id}/delete", $"connections/{id}/rename", $"connections?q={Uri.EscapeDataString(Script)}", "" })
        {
            await visitor.Page.GotoAsync($"/{page}");
            Assert.NotEqual("owned", await visitor.Page.TitleAsync());
        }

        Assert.Empty(visitor.Faults);
    }

    private HttpClient Browser() => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(service.Address) };

    private async Task<HttpClient> SignedIn(string key)
    {
        var client = Browser();
        Assert.Equal("/", await SignIn(client, key, ""));
        return client;
    }

    private static async Task<string> SignIn(HttpClient client, string key, string next)
    {
        var token = await Token(client, "/sign-in");
        var fields = new Dictionary<string, string> { ["form-token"] = token, ["key"] = key, ["next"] = next };
        return (await client.PostAsync("/sign-in", new FormUrlEncodedContent(fields))).Headers.Location!.OriginalString;
    }

    private static async Task<string> Token(HttpClient client, string page = "/connections") =>
        WebUtility.HtmlDecode(FormToken().Match(await client.GetStringAsync(page)).Groups[1].Value);

    private static FormUrlEncodedContent Form(string? token = null) => new(new Dictionary<string, string> { ["form-token"] = token ?? "", ["id"] = "x" });

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
