using System.Web;

namespace EndToEnd.Tests.SignIns;

/// <summary>Sign-ins that are denied, forged, replayed, or sent to another person.</summary>
[Collection(DemoServiceTests.Name)]
public sealed class AttackTests(DemoService demo)
{
    [Fact]
    public async Task A_denied_consent_is_recorded_and_the_id_is_free_again()
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, "Denied");
        var page = await browser.Open(await browser.SignIn(authorizeUrl, demo.Somebody(), "deny"));
        Assert.Equal(400, page.Status);
        Assert.Contains("The sign-in was denied at the provider.", page.Text, StringComparison.Ordinal);
        (await demo.Api.Get($"/api/connections/{id}")).Refuses(404, "connection.not-found");
        Assert.Equal(["authorization-started", "authorization-failed"], await demo.History(id));
        await demo.Start(browser, "Denied", id);
    }

    [Fact]
    public async Task A_sign_in_in_another_browser_needs_a_confirmation()
    {
        using var attacker = new Browser();
        using var victim = new Browser();
        var user = demo.Somebody();
        var (id, authorizeUrl) = await demo.Start(attacker, "Not mine");
        var back = await victim.SignIn(authorizeUrl, user);
        var confirmation = await demo.Stops("other-browser", () => victim.Open(back));
        Assert.Contains($"{user}@demo.example", confirmation.Text, StringComparison.Ordinal);
        Assert.Contains("\"first key\" of the workspace \"default\"", confirmation.Text, StringComparison.Ordinal);
        Assert.Equal("authorizing", (await demo.Api.Get($"/api/connections/{id}"))["status"].GetString());

        var guessed = await demo.Stops("nonce", () => attacker.Click(back, confirmation, ("nonce", "guessed"))); // knows the state, but not the page
        Assert.Equal(400, guessed.Status);
        Assert.DoesNotContain(user, (await attacker.Open(back)).Text, StringComparison.Ordinal);
        Assert.Equal("authorizing", (await demo.Api.Get($"/api/connections/{id}"))["status"].GetString());

        Assert.Contains("is connected to", (await victim.Click(back, confirmation)).Text, StringComparison.Ordinal);
        Assert.Equal("connected", (await demo.Api.Get($"/api/connections/{id}"))["status"].GetString());
        using var anybody = new Browser();
        Assert.DoesNotContain(user, (await demo.Stops("replayed", () => anybody.Open(back))).Text, StringComparison.Ordinal);
        var actors = (await demo.Api.Get($"/api/connections/{id}/history")).Is(200)["items"].EnumerateArray().Select(i => i.GetProperty("actor").GetString());
        Assert.Single(actors.Distinct()); // the key that requested the sign-in, for the confirmation too
    }

    [Theory]
    [InlineData("default", "acme")]
    [InlineData(".", "..")]
    [InlineData("a", "forged-part")]
    public async Task A_forged_state_is_rejected(string part, string forged)
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, $"Forged {part}");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody());
        var query = HttpUtility.ParseQueryString(back.Query);
        query["state"] = query["state"]!.Replace(part, forged, StringComparison.Ordinal);
        var page = await demo.Stops("state", () => browser.Open(new UriBuilder(back) { Query = query.ToString() }.Uri));
        Assert.Equal(400, page.Status);
        Assert.DoesNotContain(forged, demo.Output.Split("was stopped")[^1], StringComparison.Ordinal);
        Assert.Contains("was not started here", page.Text, StringComparison.Ordinal);
        Assert.Equal("authorizing", (await demo.Api.Get($"/api/connections/{id}"))["status"].GetString());
        await demo.Api.Delete($"/api/connections/{id}");
    }

    [Fact]
    public async Task A_later_attempt_replaces_an_earlier_one()
    {
        using var browser = new Browser();
        var user = demo.Somebody();
        var (id, first) = await demo.Start(browser, "Twice");
        var (_, second) = await demo.Start(browser, "Twice", id);
        var back = await browser.SignIn(first, user);
        var stale = await demo.Stops("replaced", () => browser.Open(back));
        await demo.Stops("replaced", () => browser.Open(new Uri(back.AbsoluteUri.Replace("code=", "error=access_denied&none=", StringComparison.Ordinal))));
        Assert.Equal(400, stale.Status);
        Assert.Contains("A later sign-in replaced this one.", stale.Text, StringComparison.Ordinal);
        Assert.Contains("is connected to", (await browser.Open(await browser.SignIn(second, user))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_of_another_sign_in_is_rejected()
    {
        using var attacker = new Browser();
        using var victim = new Browser();
        var (_, theirs) = await demo.Start(attacker, "Attacker's");
        var (id, mine) = await demo.Start(victim, "Victim's");
        var stolen = HttpUtility.ParseQueryString((await attacker.SignIn(theirs, demo.Somebody())).Query)["code"];
        var back = await victim.SignIn(mine, demo.Somebody());
        var query = HttpUtility.ParseQueryString(back.Query);
        query["code"] = stolen;
        var page = await victim.Open(new UriBuilder(back) { Query = query.ToString() }.Uri);
        Assert.Equal(400, page.Status);
        Assert.DoesNotContain(stolen!, page.Html, StringComparison.Ordinal);
        Assert.Equal("authorization-failed", (await demo.History(id))[^1]);
    }

    [Theory]
    [InlineData("https://another.example/")]
    [InlineData("")]
    public async Task A_callback_with_the_issuer_of_another_provider_is_rejected(string issuer)
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, $"Mixed up {issuer.Length}");
        var query = HttpUtility.ParseQueryString((await browser.SignIn(authorizeUrl, demo.Somebody())).Query);
        Assert.NotNull(query["iss"]);
        query["iss"] = issuer;
        var page = await browser.Open(new Uri(demo.Api.Address, $"/api/oauth/callback?{query}"));
        Assert.Equal(400, page.Status);
        Assert.Contains("another provider", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("another.example", page.Text, StringComparison.Ordinal);
        var history = (await demo.Api.Get($"/api/connections/{id}/history")).Is(200)["items"].EnumerateArray().ToList();
        Assert.Equal("wrong-issuer", history[^1].GetProperty("data").GetProperty("reason").GetString());
        Assert.Equal(2, history.Count); // the code was not used
    }

    [Fact]
    public async Task An_account_that_is_already_connected_is_named_and_can_be_reconnected_instead()
    {
        using var browser = new Browser();
        var user = demo.Somebody();
        var first = await demo.Connected(browser, user, "The first");
        var (second, authorizeUrl) = await demo.Start(browser, "The second");
        var back = await browser.SignIn(authorizeUrl, user);
        var page = await browser.Open(back);
        Assert.Contains($"{user}@demo.example is connected already, as \"The first\".", page.Text, StringComparison.Ordinal);
        Assert.Equal("authorization-failed", (await demo.History(second))[^1]);
        Assert.Contains("Reconnected", (await browser.Click(back, page)).Text, StringComparison.Ordinal);
        Assert.Equal(2, (await demo.Becomes(first, "connected")).GetProperty("credentialVersion").GetInt32());
        await demo.Ends(await demo.Run(first), "succeeded");
    }

    [Fact]
    public async Task Of_two_concurrent_sign_ins_with_one_account_one_connects_and_the_other_is_rejected()
    {
        using var anna = new Browser();
        using var bert = new Browser();
        var user = demo.Somebody();
        var (a, hers) = await demo.Start(anna, "Hers");
        var (b, his) = await demo.Start(bert, "His");
        var (backA, backB) = (await anna.SignIn(hers, user), await bert.SignIn(his, user));
        var pages = await Task.WhenAll(anna.Open(backA), bert.Open(backB));
        Assert.Single(pages, p => p.Text.Contains("is connected to", StringComparison.Ordinal));
        var statuses = new[] { (await demo.Api.Get($"/api/connections/{a}")).Status, (await demo.Api.Get($"/api/connections/{b}")).Status };
        Assert.Equal([200, 404], statuses.Order());
        var other = Assert.Single(pages, p => !p.Text.Contains("is connected to", StringComparison.Ordinal));
        var first = statuses[0] == 200 ? "Hers" : "His";
        Assert.Contains($"{user}@demo.example is connected already, as \"{first}\".", other.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_reserved_during_a_sign_in()
    {
        using var browser = new Browser();
        var (id, _) = await demo.Start(browser, "Kept name");
        var other = await browser.Post(demo.Api, "/api/connections", new { connector = "demo-mail", name = "kept NAME" }, 409);
        Assert.Equal(id, other.GetProperty("connectionId").GetGuid());
        (await demo.Api.Delete($"/api/connections/{id}")).Is(204);
        await demo.Start(browser, "kept NAME");
    }

    [Fact]
    public async Task A_query_of_64_KB_is_rejected()
    {
        using var browser = new Browser();
        Uri Long(int kilobytes) => new(demo.Api.Address, $"/api/oauth/callback?state={new string('s', kilobytes * 1024)}&code=c");
        Assert.Equal(414, (await demo.Stops("too-long", () => browser.Open(Long(64)))).Status);
        Assert.Equal(400, (await demo.Stops("state", () => browser.Open(Long(6)))).Status);
        Assert.DoesNotContain("ssss", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_implausible_code_ends_the_sign_in()
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, "Long code");
        var query = HttpUtility.ParseQueryString((await browser.SignIn(authorizeUrl, demo.Somebody())).Query);
        query["code"] = new string('c', 5000);
        var page = await browser.Open(new Uri(demo.Api.Address, $"/api/oauth/callback?{query}"));
        Assert.Equal(400, page.Status);
        Assert.DoesNotContain("ccccc", page.Text, StringComparison.Ordinal);
        Assert.Equal(["authorization-started", "authorization-failed"], await demo.History(id));
    }

    [Fact]
    public async Task A_forged_confirmation_is_reported()
    {
        using var browser = new Browser();
        var confirm = new Uri(demo.Api.Address, "/api/oauth/confirm");
        async Task<PageView> Post(Dictionary<string, string> form)
        {
            using var answer = await browser.Send(confirm, form);
            return new PageView((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
        }

        Assert.Equal(400, (await demo.Stops("state", () => Post(new() { ["state"] = "forged", ["nonce"] = "forged" }))).Status);
        Assert.Equal(400, (await demo.Stops("form", () => Post(new() { ["state"] = new string('s', 10_000) }))).Status);
    }
}
