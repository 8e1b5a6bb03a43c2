using System.Text;
using TestServers;

namespace EndToEnd.Tests.SignIns;

/// <summary>A sign-in from the start to a dead grant and its reconnect.</summary>
[Collection(DemoServiceTests.Name)]
public sealed class SignInTests(DemoService demo)
{
    [Fact]
    public async Task A_sign_in_creates_a_connection()
    {
        using var browser = new Browser();
        var user = demo.Somebody();
        var (id, authorizeUrl) = await demo.Start(browser, "First mail");
        Assert.Equal("authorizing", (await demo.Api.Get($"/api/connections/{id}")).Is(200)["status"].GetString());

        var back = await browser.SignIn(authorizeUrl, user);
        var page = await browser.Open(back);
        Assert.Equal(200, page.Status);
        Assert.Contains($"\"First mail\" is connected to {user}@demo.example.", page.Text, StringComparison.Ordinal);

        var connection = (await demo.Api.Get($"/api/connections/{id}")).Is(200);
        Assert.Equal(("connected", user), (connection["status"].GetString(), connection["account"].GetProperty("id").GetString()));
        Assert.Equal(["mail.send", "mail.read", "offline_access"], connection["scopes"].EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(["authorization-started", "authorization-code-received", "connection-created"], await demo.History(id));
        await demo.Ends(await demo.Run(id), "succeeded");
    }

    [Fact]
    public async Task The_page_cannot_be_used_by_other_sites_and_is_not_cached()
    {
        using var browser = new Browser();
        var (_, authorizeUrl) = await demo.Start(browser, "Page");
        using var answer = (await browser.Open(await browser.SignIn(authorizeUrl, demo.Somebody()))).Answer;
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_tab_shows_the_result_of_the_first()
    {
        using var browser = new Browser();
        var user = demo.Somebody();
        var (id, authorizeUrl) = await demo.Start(browser, "Two tabs");
        var back = await browser.SignIn(authorizeUrl, user);
        await browser.Open(back);
        Assert.Contains($"\"Two tabs\" is connected to {user}@demo.example.", (await browser.Open(back)).Text, StringComparison.Ordinal);
        Assert.Equal(3, (await demo.History(id)).Length);
    }

    [Fact]
    public async Task Neither_code_nor_token_is_in_the_log_or_in_the_output_of_the_service()
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, "Secrets");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody());
        var page = await browser.Open(back);
        await demo.Ends(await demo.Run(id), "succeeded");
        var code = System.Web.HttpUtility.ParseQueryString(back.Query)["code"]!;
        Assert.True(code.Length > 20);
        await using var file = new FileStream(demo.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        await using var ahead = new FileStream($"{demo.LogFile}-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (var stream in new[] { file, ahead })
        {
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(code, await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(code, demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(code, page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expired_tokens_are_renewed_automatically()
    {
        using var browser = new Browser();
        var id = await demo.Connected(browser, demo.Somebody(), "Renewed");
        await Until.Holds(
            async () => (await demo.Ends(await demo.Run(id), "succeeded")).GetProperty("tokenVersion").GetInt32() >= 3,
            "tokens are renewed three times");
        Assert.True(await demo.Refreshes(id) >= 3);
        Assert.Equal("connected", (await demo.Api.Get($"/api/connections/{id}"))["status"].GetString());
    }

    [Fact]
    public async Task A_revoked_grant_waits_for_a_reconnect_that_releases_its_activities()
    {
        using var browser = new Browser();
        var user = demo.Somebody();
        var id = await demo.Connected(browser, user, "Taken back");
        var again = await browser.Post(demo.Api, $"/api/connections/{id}/reconnect", new { }, 200);
        var authorizeUrl = again.GetProperty("authorizeUrl").GetString()!;
        await DemoService.TakeBack(authorizeUrl, user);

        var waiting = await demo.Run(id);
        Assert.Equal("reauthRequired", (await demo.Ends(waiting, "waiting")).GetProperty("waitingFor").GetString());
        var dead = await demo.Becomes(id, "reauthRequired");
        Assert.Contains("invalid_grant", dead.GetProperty("statusReason").GetString(), StringComparison.Ordinal);

        Assert.Equal(0, await DemoService.LiveTokens(authorizeUrl, user));
        Assert.Contains("Reconnected", (await browser.Open(await browser.SignIn(authorizeUrl, user))).Text, StringComparison.Ordinal);
        Assert.Equal(2, (await demo.Ends(waiting, "succeeded")).GetProperty("credentialVersion").GetInt32());
        Assert.Equal(2, (await demo.Becomes(id, "connected")).GetProperty("credentialVersion").GetInt32());
    }

    [Fact]
    public async Task A_connection_cannot_be_reconnected_with_another_account()
    {
        using var browser = new Browser();
        using var other = new Browser();
        var id = await demo.Connected(browser, demo.Somebody(), "Mine");
        var again = await other.Post(demo.Api, $"/api/connections/{id}/reconnect", new { }, 200);
        var back = await other.SignIn(again.GetProperty("authorizeUrl").GetString()!, demo.Somebody());
        var page = await other.Open(back);
        Assert.Equal(400, page.Status);
        Assert.Contains("Add another connection for it.", page.Text, StringComparison.Ordinal);
        Assert.Contains("Add another connection for it.", (await other.Open(back)).Text, StringComparison.Ordinal); // in a second tab too
        Assert.Equal("authorization-failed", (await demo.History(id))[^1]);
        Assert.Equal(1, (await demo.Becomes(id, "connected")).GetProperty("credentialVersion").GetInt32());
    }

    [Fact]
    public async Task Missing_scopes_are_reported_and_activities_that_need_them_are_rejected()
    {
        using var browser = new Browser();
        var (id, authorizeUrl) = await demo.Start(browser, "Narrow");
        var back = await browser.SignIn(authorizeUrl, demo.Somebody(), "allow", "mail.send");
        var page = await browser.Open(back);
        Assert.Contains("mail.read is missing", page.Text, StringComparison.Ordinal);
        Assert.Equal(page.Html, (await browser.Open(back)).Html); // in a second tab too
        var connection = (await demo.Api.Get($"/api/connections/{id}")).Is(200);
        Assert.Equal(["mail.send", "offline_access"], connection["scopes"].EnumerateArray().Select(s => s.GetString()).Order());
        await demo.Ends(await demo.Run(id), "succeeded");
        var refused = await demo.Ends(await demo.Run(id, "list-emails"), "failed");
        Assert.Equal("forbidden", refused.GetProperty("error").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_response_contains_the_expected_expiry_of_the_sign_in()
    {
        using var browser = new Browser();
        var id = await demo.Connected(browser, demo.Somebody(), "Expected");
        var connection = (await demo.Api.Get($"/api/connections/{id}")).Is(200);
        Assert.Equal("assumed", connection["expires"].GetProperty("basis").GetString());
        Assert.False(connection["expiring"].GetBoolean());
        var (at, from) = (connection["expires"].GetProperty("at").GetDateTimeOffset(), connection["createdAt"].GetDateTimeOffset());
        Assert.InRange(at - from, TimeSpan.FromDays(90), TimeSpan.FromDays(90.01)); // a refresh in between changes it
        await Until.Holds(async () => await Listed(id, days: 91), "the list contains it");
        Assert.False(await Listed(id, days: 89));
    }

    [Fact]
    public async Task The_token_of_a_deleted_connection_is_revoked_at_the_provider()
    {
        using var browser = new Browser();
        var user = demo.Somebody();
        var (id, authorizeUrl) = await demo.Start(browser, "Deleted");
        await browser.Open(await browser.SignIn(authorizeUrl, user));
        await demo.Ends(await demo.Run(id), "succeeded");
        Assert.Equal(1, await DemoService.LiveTokens(authorizeUrl, user));
        (await demo.Api.Delete($"/api/connections/{id}")).Is(204);
        await Until.Holds(async () => (await demo.History(id))[^1] == "connection-secrets-destroyed", "its secrets are destroyed");
        var history = (await demo.Api.Get($"/api/connections/{id}/history")).Is(200)["items"];
        Assert.Equal("yes", history.EnumerateArray().Last().GetProperty("data").GetProperty("revoked").GetString());
        Assert.Equal(0, await DemoService.LiveTokens(authorizeUrl, user));
    }

    private async Task<bool> Listed(Guid id, int days)
    {
        var listed = await demo.Api.Get($"/api/connections?expiringWithinDays={days}&limit=1000");
        return listed.Is(200)["items"].EnumerateArray().Any(c => c.GetProperty("id").GetGuid() == id);
    }
}
