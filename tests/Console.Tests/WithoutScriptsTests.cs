using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class WithoutScriptsTests(Service service, Chromium chromium)
{
    private const string Wrong = "canary-plain-93be";
    private const string Next = "canary-plain-next-20d4";

    [Fact]
    public async Task Without_scripts_a_person_connects_lists_runs_reconnects_and_deletes_too()
    {
        await Typed.Role(service, "plain");
        await using var visitor = await chromium.Visit(service, service.Key, scripts: false);
        var page = visitor.Page;
        await page.GotoAsync("/marketplace?q=postgres");
        await page.ClickAsync(".app a");
        await page.ClickAsync("a.primary:has-text('Connect')");
        await Typed.Database(page, service, "pg-plain", "plain", Wrong);
        await page.ClickAsync("text=Test connection");
        Assert.Contains("rejects the password", await page.InnerTextAsync("[data-steps]"), StringComparison.Ordinal);
        Assert.Equal("pg-plain", await page.InputValueAsync("#f-name"));
        Assert.Equal("", await page.InputValueAsync("#f-credentials-password"));
        Assert.DoesNotContain(Wrong, await page.ContentAsync(), StringComparison.Ordinal);
        await page.FillAsync("#f-credentials-password", PostgresDatabases.Password);
        await page.ClickAsync("text=Test and save");
        await page.Arrives("**/connections/*-*");
        var connection = page.Url;

        await page.GotoAsync("/connections");
        await page.FillAsync("[data-search]", "pg-plain");
        await page.ClickAsync("button:has-text('Search')");
        await page.ClickAsync("tbody a:has-text('pg-plain')");
        await page.Arrives(connection);
        Assert.DoesNotContain(PostgresDatabases.Password, await page.ContentAsync(), StringComparison.Ordinal);
        await page.ClickAsync("button:has-text('Test')");
        Assert.Contains("It works.", await page.InnerTextAsync("#tried"), StringComparison.Ordinal);

        await service.ChangePassword("plain", Next);
        await Typed.Query(page, connection, "select 5 as answer");
        var activity = page.Url;
        await Until.Holds(() => Shows("Waiting"), "the activity waits");
        await page.ClickAsync("#activity a.primary:has-text('Reconnect')");
        await page.ClickAsync("summary:has-text('Replace')");
        await page.FillAsync("#f-credentials-password", Next);
        await page.ClickAsync("text=Test and reconnect");
        await page.Arrives(connection);
        await Until.Holds(() => Shows("Done"), "the activity goes on");

        await page.GotoAsync($"{connection}/delete");
        await page.FillAsync("#typed", "pg-plain");
        await page.ClickAsync("button.danger");
        await page.Arrives(connection);
        Assert.Contains("Deleted", await page.InnerTextAsync("#details"), StringComparison.Ordinal);
        Assert.DoesNotContain("canary-plain", service.Output, StringComparison.Ordinal);

        async Task<bool> Shows(string status)
        {
            await page.GotoAsync(activity);
            return (await page.InnerTextAsync("#activity .status")).Contains(status, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_scripts_a_sign_in_is_refused_and_accepted_too()
    {
        await using var visitor = await chromium.Visit(service, service.Key, scripts: false);
        var page = visitor.Page;
        await page.GotoAsync("/connect/demo-mail");
        await page.FillAsync("#f-name", "mail-plain");
        foreach (var answer in new[] { "Deny", "Allow" })
        {
            await page.ClickAsync("button:has-text('Go on to')");
            await page.ClickAsync("a.primary:has-text('Go on to')");
            if (await page.Locator("button:has-text('bob')").IsVisibleAsync()) await page.ClickAsync("button:has-text('bob')");
            await page.ClickAsync($"button:has-text('{answer}')");
            await page.Arrives(answer == "Deny" ? "**/connect/demo-mail?from=*" : "**/connections/*-*");
        }

        Assert.Contains("bob", await page.InnerTextAsync("#details"), StringComparison.Ordinal);
        Assert.Contains("mail-plain", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
    }
}
