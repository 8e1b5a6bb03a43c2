namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class MarketTests(Service service, Chromium chromium)
{
    [Fact]
    public async Task A_user_s_own_definitions_have_a_shelf_and_a_broken_one_says_what_to_write()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync("/marketplace");
        var shelf = page.Locator("#custom");
        Assert.Equal(1, await shelf.Locator(".app").CountAsync());
        Assert.Contains($"Acme {Definitions.Markup}", await shelf.Locator(".app").InnerTextAsync(), StringComparison.Ordinal);
        var broken = await shelf.Locator(".broken").InnerTextAsync();
        Assert.Contains("broken.yaml", broken, StringComparison.Ordinal);
        Assert.Matches(@"broken\.yaml:\d+:\d+: .*fetch", broken);
        Assert.Equal(0, await page.Locator("section.shelf:not(#custom) >> text=Acme").CountAsync());

        await page.FillAsync("[data-search]", "acme");
        await Microsoft.Playwright.Assertions.Expect(page.Locator(".app")).ToHaveCountAsync(1);
        await page.ClickAsync(".app a");
        await page.Arrives("**/marketplace/acme-crm");
        await page.ClickAsync("a.primary:has-text('Connect')");
        await page.Arrives("**/connect/acme-crm");
        Assert.NotEqual("owned", await page.TitleAsync());
        Assert.Empty(visitor.Faults);
    }
}
