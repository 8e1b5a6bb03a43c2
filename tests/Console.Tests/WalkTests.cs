using Microsoft.Playwright;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class WalkTests(Service service, Chromium chromium)
{
    private const string Wrong = "canary-wrong-7f3a";

    [Fact]
    public async Task An_app_with_several_ways_to_sign_in_shows_the_fields_of_one()
    {
        await using var visitor = await chromium.Visit(service, service.Key, 1280);
        var page = visitor.Page;
        await page.GotoAsync("/marketplace");
        Assert.DoesNotContain("OAuth:bamboohr", await page.ContentAsync(), StringComparison.Ordinal); // its key needs no application
        await page.GotoAsync("/connect/bamboohr");
        Assert.True(await page.IsVisibleAsync("#f-credentials-apiKey"));
        Assert.True(await page.IsVisibleAsync("button:has-text('Test and save')"));
        await page.ClickAsync("text=Sign in with BambooHR");
        await page.Arrives("**/connect/bamboohr?way=oauth");
        Assert.Equal(0, await page.Locator("#f-credentials-apiKey").CountAsync());
        Assert.True(await page.IsVisibleAsync("button:has-text('Go on to BambooHR')"));

        await page.GotoAsync("/connect/twilio?way=key");
        Assert.True(await page.IsVisibleAsync("#f-credentials-keySecret"));
        Assert.Equal(0, await page.Locator("#f-credentials-authToken").CountAsync());
        Assert.Equal("key", await page.InputValueAsync("input[name='settings.authentication']"));
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_person_connects_a_database_runs_a_query_renames_and_deletes(int width)
    {
        var user = $"walk{width}";
        await Typed.Role(service, user);
        await using var visitor = await chromium.Visit(service, service.Key, width);
        var page = visitor.Page;
        await page.GotoAsync("/marketplace");
        await page.ClickAsync("text=PostgreSQL");
        await page.ClickAsync("a.primary:has-text('Connect')");
        await page.FillAsync("#n-system", "Reporting");
        await page.FillAsync("#n-env", "stage");
        await page.FillAsync("#n-owner", user);
        var name = await page.InputValueAsync("#f-name");
        Assert.Equal($"pg-reporting-stage-{user}", name);
        await page.ClickAsync("summary:has-text('Encryption')");
        await page.SelectOptionAsync("#f-settings-tls", "disable");
        await page.FillAsync("#f-settings-database", service.Postgres.Database);
        await page.FillAsync("#f-credentials-username", user);
        await page.FillAsync("#f-credentials-password", Wrong);

        await page.FillAsync("#f-settings-host", "no-such-host.invalid");
        await Fails(page, "Find the host");
        await page.FillAsync("#f-settings-host", "127.0.0.1");
        await page.FillAsync("#f-settings-port", "1");
        await Fails(page, "Reach the port");
        await page.FillAsync("#f-settings-port", $"{service.Postgres.Port}");
        await Fails(page, "Sign in");
        Assert.Equal(Wrong, await page.InputValueAsync("#f-credentials-password"));
        Assert.DoesNotContain(Wrong, await page.EvaluateAsync<string>("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"), StringComparison.Ordinal);

        await page.FillAsync("#f-credentials-password", PostgresDatabases.Password);
        await page.ClickAsync("text=Test and save");
        await page.Arrives("**/connections/*-*");
        var connection = page.Url;
        Assert.Contains("Connected", await page.InnerTextAsync("#details"), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresDatabases.Password, await page.ContentAsync(), StringComparison.Ordinal);

        await page.GotoAsync($"{connection}/run");
        await page.FillAsync("#f-input-sql", "select 6 * 7 as answer");
        await page.FillAsync("#f-input-parameters", "");
        await page.ClickAsync("main button.primary");
        await page.WaitForSelectorAsync("h2:has-text('Rows')"); // without a reload
        Assert.Contains("42", await page.InnerTextAsync("table.rows"), StringComparison.Ordinal);

        await page.GotoAsync($"{connection}/rename");
        await page.FillAsync("#new-name", $"{name}-2");
        await page.ClickAsync("main button.primary");
        await page.WaitForSelectorAsync($"h1:has-text('{name}-2')");
        await page.GotoAsync("/connections");
        await page.FillAsync("[data-search]", $"{user}-2");
        await page.WaitForSelectorAsync($"a:has-text('{name}-2')");
        await page.GotoAsync($"{connection}/delete");
        await page.ClickAsync("button.danger");
        await page.WaitForSelectorAsync("text=as it is written");
        await page.FillAsync("#typed", $"{name}-2");
        await page.ClickAsync("button.danger");
        await page.WaitForSelectorAsync("#details >> text=Deleted");
        Assert.Empty(visitor.Faults);
        Assert.DoesNotContain(Wrong, service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_goes_to_the_provider_in_the_same_tab_and_comes_back()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync("/connect/demo-mail");
        await page.FillAsync("#f-name", "mail-refused");
        await page.ClickAsync("button:has-text('Go on to')");
        await page.ClickAsync("text=ada");
        await page.ClickAsync("text=Deny");
        await page.Arrives("**/connect/demo-mail?from=*");
        Assert.Contains("denied", await page.InnerTextAsync("[data-steps]"), StringComparison.Ordinal);
        Assert.Equal("mail-refused", await page.InputValueAsync("#f-name"));
        await page.ClickAsync("button:has-text('Go on to')");
        await page.ClickAsync("text=ada");
        await page.ClickAsync("text=Allow");
        await page.Arrives("**/connections/*-*");
        Assert.Contains("ada", await page.InnerTextAsync("#details"), StringComparison.Ordinal);
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_service_that_is_killed_while_a_form_is_filled_takes_it_after_its_start()
    {
        await Typed.Role(service, "survivor");
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync("/connect/postgres");
        await Typed.Database(page, service, "pg-survivor", "survivor", PostgresDatabases.Password);
        await service.Kill();
        await page.ClickAsync("text=Test and save");
        await page.WaitForSelectorAsync("text=What you typed is still here");
        await service.Start();
        await page.ClickAsync("text=Test and save");
        await page.Arrives("**/connections/*-*");
    }

    private static async Task Fails(IPage page, string step)
    {
        await page.ClickAsync("text=Test connection");
        await page.WaitForSelectorAsync($"[data-steps] li.bad:has-text('{step}')");
        Assert.Equal($"The test failed at “{step}”.", await page.InnerTextAsync("[data-steps] .problem"));
        Assert.NotEqual("", await page.InnerTextAsync("[data-steps] li.bad [role=alert] .advice"));
    }
}
