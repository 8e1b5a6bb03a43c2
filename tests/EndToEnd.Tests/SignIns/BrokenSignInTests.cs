using TestServers;

namespace EndToEnd.Tests.SignIns;

/// <summary>Failures during the callback of a sign-in: the browser gets a page, and the failure is recorded where possible.</summary>
[Collection(DemoServiceTests.Name)]
public sealed class BrokenSignInTests(DemoService demo)
{
    private static readonly string[] Created = ["connection-created"];

    [Fact]
    public async Task A_sign_in_fails_when_the_vault_is_unavailable_after_the_code()
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, "No vault");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody());
        await using (await FailingStore.Vault(demo.VaultFile, id, "v1-")) Says(503, "Start again", await browser.Open(back));
        Says(400, "Start again", await browser.Open(back));
        Assert.Equal(["authorization-started", "authorization-code-received", "authorization-failed"], await demo.History(id));
        await SignsInAgain(browser, "No vault", id);
    }

    [Fact]
    public async Task A_sign_in_fails_when_the_log_does_not_store_the_connection()
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, "No log");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody());
        await using (await FailingStore.Log(demo.LogFile, id, "connection-created")) Says(503, "Start again", await browser.Open(back));
        Assert.Equal(["authorization-started", "authorization-code-received", "authorization-failed"], await demo.History(id));
        await SignsInAgain(browser, "No log", id);
    }

    [Fact]
    public async Task A_page_is_shown_even_when_nothing_can_be_recorded()
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, "Nothing");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody());
        await using (await FailingStore.Log(demo.LogFile, id, "connection-created", "authorization-failed"))
            Says(503, "Load this page again", await browser.Open(back));
        Says(200, "Under way", await browser.Open(back));
        await SignsInAgain(browser, "Nothing", id);
    }

    [Fact]
    public async Task The_callback_can_be_reloaded_before_the_code_is_recorded()
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, "Once more");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody());
        await using (await FailingStore.Log(demo.LogFile, id, "authorization-code-received")) Says(503, "Load this page again", await browser.Open(back));
        Says(200, "is connected to", await browser.Open(back));
    }

    [Fact]
    public async Task A_confirmation_that_fails_without_the_vault_can_be_repeated_and_counts_once()
    {
        using var starter = new Browser();
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(starter, "Clicked");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody());
        var confirmation = await browser.Open(back);
        await using (await FailingStore.Vault(demo.VaultFile, id, "v1-")) Says(503, "Load this page again", await browser.Click(back, confirmation));
        Says(200, "is connected to", await browser.Click(back, confirmation));
        Says(200, "is connected to", await browser.Click(back, confirmation));
        Assert.Equal(Created, (await demo.History(id)).Where(t => t.StartsWith("connection-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_confirmation_address_shows_a_page_when_it_is_opened_directly()
    {
        using var browser = new Browser();
        Says(400, "There is nothing to confirm here.", await browser.Open(new Uri(demo.Api.Address, "/api/oauth/confirm")));
    }

    [Fact]
    public async Task Only_the_browser_with_the_confirmation_page_may_reload_it()
    {
        using var starter = new Browser();
        using var browser = new Browser();
        var (_, authorizeUrl) = await demo.Start(starter, "Loaded again");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody());
        var confirmation = await browser.Open(back);
        Assert.Equal(confirmation.Html, (await browser.Open(back)).Html);
        Assert.DoesNotContain("nonce", (await starter.Open(back)).Html, StringComparison.Ordinal);
        Says(200, "is connected to", await browser.Click(back, await browser.Open(back)));
    }

    [Fact]
    public async Task An_offer_to_reconnect_another_connection_survives_a_reload()
    {
        using var browser = new Browser();
        var user = demo.Somebody();
        await demo.Connected(browser, user, "Taken");
        var (_, authorizeUrl) = await demo.Start(browser, "Too late");
        var back = await browser.SignIn(authorizeUrl, user);
        var offer = await browser.Open(back);
        Assert.Equal(offer.Html, (await browser.Open(back)).Html);
        Says(200, "Reconnected", await browser.Click(back, await browser.Open(back)));
    }

    [Fact]
    public async Task A_page_reports_that_the_other_connection_was_deleted_before_the_confirmation()
    {
        using var browser = new Browser();
        var user = demo.Somebody();
        var other = await demo.Connected(browser, user, "Soon deleted");
        var (id, authorizeUrl) = await demo.Start(browser, "Too early");
        var back = await browser.SignIn(authorizeUrl, user);
        var offer = await browser.Open(back);
        (await demo.Api.Delete($"/api/connections/{other}")).Is(204);
        await Until.Holds(async () => (await demo.History(other))[^1] == "connection-secrets-destroyed", "its secrets are destroyed");
        Says(400, "The connection was deleted.", await browser.Click(back, offer));
        await SignsInAgain(browser, "Too early", id, user);
    }

    private async Task SignsInAgain(Browser browser, string name, Guid id, string? user = null)
    {
        var (_, authorizeUrl) = await demo.Start(browser, name, id);
        Says(200, "is connected to", await browser.Open(await browser.SignIn(authorizeUrl, user ?? demo.Somebody())));
    }

    private static void Says(int status, string words, PageView page)
    {
        Assert.Equal("text/html", page.Answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(words, page.Text, StringComparison.Ordinal);
        Assert.Equal(status, page.Status);
    }
}
