using System.Net;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class AttackTests(Service service)
{
    [Fact]
    public async Task A_one_time_address_works_once_and_looking_at_it_uses_nothing_up()
    {
        await service.Kill();
        await service.Start();
        using var client = Browser.Open(service.Address);
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
        var (own, foreign) = (await Browser.Token(client), await Browser.Token(other));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(path, Browser.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(path, Browser.Form(foreign))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(path, Browser.Form("not-a-token"))).StatusCode);
        foreach (var site in new[] { "cross-site", "same-site", "none" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Browser.Form(own), Headers = { { "Sec-Fetch-Site", site } } };
            Assert.Equal(HttpStatusCode.BadRequest, (await client.SendAsync(request)).StatusCode);
        }

        using var stranger = Browser.Open(service.Address);
        Assert.StartsWith("/sign-in", (await stranger.PostAsync(path, Browser.Form(own))).Headers.Location!.OriginalString, StringComparison.Ordinal);
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
        var response = await client.PostAsync($"/{path}", Browser.Form(await Browser.Token(client)));
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
        using var client = Browser.Open(service.Address);
        var location = await Browser.SignIn(client, service.Key, next);
        Assert.Equal("/", location);
    }

    [Fact]
    public async Task A_page_without_a_session_leads_to_the_sign_in_and_back()
    {
        using var client = Browser.Open(service.Address);
        var response = await client.GetAsync("/connections?status=connected");
        Assert.Equal("/sign-in?next=connections%3Fstatus%3Dconnected", response.Headers.Location!.OriginalString);
        Assert.Equal("/connections?status=connected", await Browser.SignIn(client, service.Key, "connections?status=connected"));
    }

    [Fact]
    public async Task A_session_is_no_key_and_a_key_is_no_session()
    {
        using var client = await SignedIn(service.Key);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/connections")).StatusCode);
        using var caller = Browser.Open(service.Address);
        caller.DefaultRequestHeaders.Authorization = new("Bearer", service.Key);
        Assert.Equal(HttpStatusCode.SeeOther, (await caller.GetAsync("/connections")).StatusCode);
    }

    [Fact]
    public async Task A_deleted_key_ends_its_sessions()
    {
        var made = await service.Post("/api/keys", new { name = "short", role = "viewer" });
        using var client = await SignedIn(made.GetProperty("key").GetString()!);
        using var admin = await SignedIn(service.Key);
        await admin.PostAsync($"/keys/{made.GetProperty("id").GetString()}/delete", Browser.Form(await Browser.Token(admin)));
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
    public async Task A_sign_in_gives_another_cookie_than_the_browser_had()
    {
        var jar = new CookieContainer();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = jar }) { BaseAddress = new Uri(service.Address) };
        var name = $"session-{new Uri(service.Address).Port}";
        jar.Add(new Cookie(name, new string('x', 43), "/", "127.0.0.1")); // chosen by an attacker
        await Browser.SignIn(client, service.Key);
        var first = Session();
        Assert.NotEqual(new string('x', 43), first);
        await Browser.SignIn(client, service.Key);
        Assert.NotEqual(first, Session());
        using var thief = Browser.Open(service.Address);
        thief.DefaultRequestHeaders.Add("Cookie", $"{name}={first}");
        Assert.Equal(HttpStatusCode.SeeOther, (await thief.GetAsync("/connections")).StatusCode); // the first session has ended

        string Session() => jar.GetCookies(new Uri(service.Address)).Single(c => c.Name == name).Value;
    }

    [Fact]
    public async Task Another_site_cannot_sign_a_browser_in()
    {
        var fields = new Dictionary<string, string> { ["form-token"] = new('x', 43), ["key"] = service.Key, ["next"] = "" };
        using var client = Browser.Open(service.Address);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/sign-in", new FormUrlEncodedContent(fields))).StatusCode);
        fields["form-token"] = await Browser.Token(client, "/sign-in");
        foreach (var (header, value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example"), ("Origin", "http://127.0.0.1:1") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent(fields), Headers = { { header, value } } };
            Assert.Equal(HttpStatusCode.BadRequest, (await client.SendAsync(request)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.SeeOther, (await client.GetAsync("/connections")).StatusCode);
    }

    private async Task<HttpClient> SignedIn(string key)
    {
        var client = Browser.Open(service.Address);
        Assert.Equal("/", await Browser.SignIn(client, key));
        return client;
    }
}
