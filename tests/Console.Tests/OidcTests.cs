using System.Net;
using System.Text;
using System.Web;
using Deque.AxeCore.Playwright;

namespace Console.Tests;

/// <summary>People sign in at an identity provider.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class OidcTests(OidcService oidc, Service service, Chromium chromium) : IClassFixture<OidcService>
{
    private Service Console => oidc.Console;

    [Theory]
    [InlineData("light", 1280)]
    [InlineData("dark", 390)]
    public async Task A_person_signs_in_at_the_provider_comes_back_to_the_page_and_signs_out(string theme, int width)
    {
        await using var visitor = await chromium.Arrive(Console.Address, width, theme);
        var page = visitor.Page;
        await page.GotoAsync("connections?status=connected");
        Assert.Empty((await page.RunAxe()).Violations);
        await Keep("oidc-sign-in");
        await page.ClickAsync("text=Sign in with Contoso");
        await page.ClickAsync("text=ada");
        await page.WaitForURLAsync("**/connections?status=connected");
        Assert.Contains("ada of Contoso", await page.Locator(".account").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(await page.EvaluateAsync<string[]>("[...Object.keys(sessionStorage), ...Object.keys(localStorage)]"));
        await page.ClickAsync(".account button");
        Assert.Contains("admin of workspace default", await page.InnerTextAsync("#account"), StringComparison.Ordinal);
        await page.ClickAsync("text=Sign out");
        await page.WaitForSelectorAsync("text=Sign out of Contoso too");
        Assert.Empty((await page.RunAxe()).Violations);
        await Keep("oidc-signed-out");
        await page.ClickAsync("text=Sign out of Contoso too");
        await page.WaitForSelectorAsync("text=Signed out");
        await page.GotoAsync($"{Console.Address}/connections");
        await page.WaitForURLAsync("**/sign-in?next=connections");

        await page.ClickAsync("text=Sign in with Contoso");
        await page.ClickAsync("text=norah");
        await page.WaitForSelectorAsync("text=Your account has no role here");
        Assert.Empty((await page.RunAxe()).Violations);
        await Keep("oidc-no-role");
        Assert.Empty(visitor.Faults);

        async Task Keep(string name) => await page.ScreenshotAsync(
            new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{name}-{theme}-{width}.png") });
    }

    [Theory]
    [InlineData("vera", false, false)]
    [InlineData("rita", false, false)]
    [InlineData("max", true, false)]
    [InlineData("ada", true, true)] // the highest of two roles
    public async Task A_claim_gives_the_role(string user, bool connects, bool makesKeys)
    {
        using var client = Browser.Open(Console.Address);
        Assert.Equal("/", await OidcService.SignIn(client, user));
        Assert.Equal(connects, (await client.GetAsync("/connect/postgres")).StatusCode == HttpStatusCode.OK);
        Assert.Equal(makesKeys, (await client.GetAsync("/keys")).StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connections")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/connections")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/preferences", Browser.Form())).StatusCode);
    }

    [Theory]
    [InlineData("norah", "The claim “groups” of norah of Contoso is “sales”, “<b>marketing</b>”")]
    [InlineData("nobody", "The sign-in of nobody of Contoso has no claim “groups”")]
    public async Task An_account_without_a_role_reads_which_claim_gives_one_and_has_no_session(string user, string text)
    {
        using var client = Browser.Open(Console.Address);
        var page = await OidcService.SignIn(client, user);
        Assert.StartsWith("/sign-in/no-role?account=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Contoso", page, StringComparison.Ordinal);
        var response = await client.GetAsync(page);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        var html = await response.Content.ReadAsStringAsync();
        Assert.Contains(text, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain("<b>marketing", html, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", (await client.GetAsync("/connections")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        foreach (var forged in new[] { "x", "", $"{page[25..]}A", "eyJBY2NvdW50IjoiYSJ9" })
            Assert.Equal("/sign-in", (await client.GetAsync($"/sign-in/no-role?account={forged}")).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_refusal_at_the_provider_leads_back_to_the_sign_in_with_its_reason()
    {
        using var client = Browser.Open(Console.Address);
        var page = await OidcService.SignIn(client, "refuse");
        var html = WebUtility.HtmlDecode(await client.GetStringAsync(page));
        Assert.Contains("Contoso says that the sign-in was refused.", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_token_with_another_nonce_signs_nobody_in()
    {
        using var client = Browser.Open(Console.Address);
        var authorize = await OidcService.Begin(client);
        oidc.Provider.WrongNonce = true;
        var back = await OidcService.Answer(client, authorize, "ada");
        oidc.Provider.WrongNonce = false;
        await SignsNobodyIn(client, back);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("changed")]
    [InlineData("of another sign-in")]
    [InlineData("of another browser")]
    [InlineData("used twice")]
    [InlineData("other code")]
    public async Task A_return_that_does_not_belong_to_the_sign_in_signs_nobody_in(string how)
    {
        using var client = Browser.Open(Console.Address);
        using var other = Browser.Open(Console.Address);
        var back = await OidcService.Answer(client, await OidcService.Begin(client), "ada");
        var query = HttpUtility.ParseQueryString(new Uri(back).Query);
        var second = HttpUtility.ParseQueryString(new Uri(await OidcService.Answer(other, await OidcService.Begin(other), "vera")).Query);
        if (how == "missing") query.Remove("state");
        if (how == "changed") query["state"] = $"{query["state"]![..^4]}AAAA";
        if (how == "of another sign-in") query["state"] = second["state"];
        if (how == "other code") query["code"] = second["code"]; // its nonce and its proof key are those of the other browser
        if (how == "used twice")
        {
            Assert.Equal("/", (await client.GetAsync(back)).Headers.Location!.OriginalString);
            await client.PostAsync("/sign-out", Browser.Form(await Browser.Token(client)));
        }

        await SignsNobodyIn(how == "of another browser" ? other : client, $"{new Uri(back).GetLeftPart(UriPartial.Path)}?{query}");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("connections\r\nX: y")]
    public async Task A_sign_in_at_the_provider_never_leads_to_another_site(string next)
    {
        using var client = Browser.Open(Console.Address);
        Assert.Equal("/", await OidcService.SignIn(client, "vera", next));
    }

    [Fact]
    public async Task A_sign_in_at_the_provider_ends_the_session_that_the_browser_had()
    {
        var jar = new CookieContainer();
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = jar };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(Console.Address) };
        await Browser.SignIn(client, Console.Key);
        var first = Session();
        await OidcService.SignIn(client, "vera");
        Assert.NotEqual(first, Session());
        using var thief = Browser.Open(Console.Address);
        thief.DefaultRequestHeaders.Add("Cookie", $"session-{new Uri(Console.Address).Port}={first}");
        Assert.Equal(HttpStatusCode.SeeOther, (await thief.GetAsync("/connections")).StatusCode);

        string Session() =>
            jar.GetCookies(new Uri(Console.Address)).Single(c => c.Name == $"session-{new Uri(Console.Address).Port}").Value;
    }

    [Fact]
    public async Task A_sign_in_outlives_a_restart_of_the_service_and_a_forged_host_does_not_change_it()
    {
        using var client = Browser.Open(Console.Address);
        client.DefaultRequestHeaders.Host = "evil.example";
        var authorize = await OidcService.Begin(client, "activities");
        client.DefaultRequestHeaders.Host = null;
        Assert.Equal($"{Console.Address}/sign-in/callback", HttpUtility.ParseQueryString(new Uri(authorize).Query)["redirect_uri"]);
        var back = await OidcService.Answer(client, authorize, "vera");
        await Console.Kill();
        await Console.Start();
        Assert.Equal("/activities", (await client.GetAsync(back)).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/activities")).StatusCode);
    }

    [Fact]
    public async Task The_history_names_the_person_who_acted()
    {
        using var client = Browser.Open(Console.Address);
        await OidcService.SignIn(client, "max");
        var id = await Console.Connect("pg-of-max", "ofmax");
        var form = new Dictionary<string, string> { ["form-token"] = await Browser.Token(client), ["name"] = "pg-max-renamed" };
        await client.PostAsync($"/connections/{id}/rename", new FormUrlEncodedContent(form));
        var html = WebUtility.HtmlDecode(await client.GetStringAsync($"/connections/{id}"));
        Assert.Contains("by max of Contoso", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_token_and_no_secret_of_the_provider_is_in_a_page_an_address_a_log_or_a_file()
    {
        using var client = Browser.Open(Console.Address);
        var seen = new StringBuilder();
        var authorize = await OidcService.Begin(client);
        var back = await OidcService.Answer(client, authorize, "ada");
        var response = await client.GetAsync(back);
        seen.Append(authorize).Append(back).Append(response.Headers).Append(await response.Content.ReadAsStringAsync());
        foreach (var page in new[] { "/", "/connections", "/keys", "/sign-in?out=1" }) seen.Append(await client.GetStringAsync(page));
        seen.Append(Console.Output);
        var files = Directory.EnumerateFiles(Console.Folder, "*", SearchOption.AllDirectories);
        foreach (var file in files.Where(f => Path.GetFileName(f) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            seen.Append(await reader.ReadToEndAsync());
        }

        Assert.NotEmpty(oidc.Provider.Tokens);
        Assert.All(oidc.Provider.Tokens, token => Assert.False(seen.ToString().Contains(token, StringComparison.Ordinal)));
        Assert.False(seen.ToString().Contains(IdentityProvider.ClientSecret, StringComparison.Ordinal));
        Assert.Contains("code_challenge_method=S256", authorize, StringComparison.Ordinal);
        Assert.Contains("response_type=code", authorize, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_provider_the_sign_in_has_a_field_for_a_key_only()
    {
        using var client = Browser.Open(service.Address);
        Assert.DoesNotContain("sign-in/provider", await client.GetStringAsync("/sign-in?out=1&failed=refused"), StringComparison.Ordinal);
        Assert.Equal("/sign-in", (await client.GetAsync("/sign-in/provider")).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_leaves_the_sign_in_with_a_key()
    {
        await using var alone = await service.Another(
            $"--Console:Oidc:Authority=http://127.0.0.1:{TestServers.Ports.Free()}", "--Console:Oidc:ClientId=x",
            "--Console:Oidc:Roles:admin=*");
        using var client = Browser.Open(alone.Address);
        var page = await OidcService.Begin(client);
        Assert.Contains("127.0.0.1 does not answer.", WebUtility.HtmlDecode(await client.GetStringAsync(page)), StringComparison.Ordinal);
        Assert.Equal("/", await Browser.SignIn(client, alone.Key));
    }

    private static async Task SignsNobodyIn(HttpClient client, string back)
    {
        var response = await client.GetAsync(back);
        Assert.Equal("/sign-in?failed=unfinished", response.Headers.Location!.OriginalString);
        Assert.StartsWith("/sign-in", (await client.GetAsync("/connections")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("was not finished", await client.GetStringAsync("/sign-in?failed=unfinished"), StringComparison.Ordinal);
    }
}
