using System.Net;
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
        await page.Arrives("**/connections?status=connected");
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
        await page.Arrives("**/sign-in?next=connections");

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
    public async Task The_address_of_an_account_with_many_long_groups_stays_short()
    {
        using var client = Browser.Open(Console.Address);
        var page = await OidcService.SignIn(client, "long");
        Assert.InRange(page.Length, 100, 2_000);
        Assert.Contains("жжж…", WebUtility.HtmlDecode(await (await client.GetAsync(page)).Content.ReadAsStringAsync()), StringComparison.Ordinal);
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
    public async Task The_history_names_the_person_who_acted()
    {
        using var client = Browser.Open(Console.Address);
        await OidcService.SignIn(client, "max");
        var id = await Console.Connect("pg-of-max", "ofmax");
        var form = new Dictionary<string, string> { ["form-token"] = await Browser.Token(client), ["name"] = "pg-max-renamed" };
        await client.PostAsync($"/connections/{id}/rename", new FormUrlEncodedContent(form));
        var html = WebUtility.HtmlDecode(await client.GetStringAsync($"/connections/{id}"));
        Assert.Contains("by person “max of Contoso”", html, StringComparison.Ordinal);
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
}
