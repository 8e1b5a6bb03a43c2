using System.Net;
using System.Text;
using System.Web;

namespace Console.Tests;

/// <summary>Whatever a browser brings back from the identity provider, only the person of this sign-in is signed in.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class OidcAttackTests(OidcService oidc) : IClassFixture<OidcService>
{
    private Service Console => oidc.Console;

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
    [InlineData("aé")]
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
        await oidc.Ready();
        Assert.Equal("/activities", (await client.GetAsync(back)).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/activities")).StatusCode);
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

    private static async Task SignsNobodyIn(HttpClient client, string back)
    {
        var response = await client.GetAsync(back);
        Assert.Equal("/sign-in?failed=unfinished", response.Headers.Location!.OriginalString);
        Assert.StartsWith("/sign-in", (await client.GetAsync("/connections")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("was not finished", await client.GetStringAsync("/sign-in?failed=unfinished"), StringComparison.Ordinal);
    }
}
