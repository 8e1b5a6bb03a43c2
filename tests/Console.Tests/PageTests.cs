using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class PageTests(Service service, Chromium chromium)
{
    private static readonly string[] Pages =
    [
        "", "connections", "connections?q=nothing-has-this-name", "marketplace", "marketplace/postgres", "marketplace/gmail", "connect/postgres", "connect/http",
        "connect/demo-mail", "activities", "expiring", "keys", "connections/{id}", "connections/{id}/reconnect", "connections/{id}/rename",
        "connections/{id}/delete", "connections/{id}/run", "apps/postgres", "connections/00000000-0000-0000-0000-000000000001"
    ];

    [Theory]
    [InlineData("light", 1280)]
    [InlineData("light", 390)]
    [InlineData("dark", 1280)]
    [InlineData("dark", 390)]
    public async Task No_page_has_a_fault_that_axe_or_the_browser_finds(string theme, int width)
    {
        var id = await service.Connect($"pg-pages-{theme}-{width}", $"pages{theme}{width}");
        await using var visitor = await chromium.Visit(service, service.Key, width, theme);
        var found = new List<string>();
        foreach (var page in Pages.Select(p => p.Replace("{id}", id, StringComparison.Ordinal)))
        {
            await visitor.Page.GotoAsync($"/{page}");
            found.AddRange(Describe(page, await visitor.Page.RunAxe()));
            await Keep(visitor.Page, $"{(page.Length == 0 ? "overview" : page)}-{theme}-{width}");
        }

        Assert.Empty(found);
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task Dialogs_and_menus_have_no_fault()
    {
        var id = await service.Connect("pg-dialogs-stage-ssa", "dialogs");
        await using var visitor = await chromium.Visit(service, service.Key);
        var found = new List<string>();
        foreach (var action in new[] { "Rename", "Delete…" })
        {
            await visitor.Page.GotoAsync($"/connections/{id}");
            await visitor.Page.ClickAsync("button:has-text('Actions')");
            found.AddRange(Describe("menu", await visitor.Page.RunAxe()));
            await visitor.Page.ClickAsync($"#actions >> text={action}");
            await visitor.Page.WaitForSelectorAsync("dialog[open]");
            found.AddRange(Describe(action, await visitor.Page.RunAxe()));
        }

        Assert.Empty(found);
        Assert.Equal("Keep it", await visitor.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task At_320_pixels_nothing_scrolls_sideways()
    {
        var id = await service.Connect("pg-narrow-stage-ssa", "narrow");
        await using var visitor = await chromium.Visit(service, service.Key, width: 320);
        var wide = new List<string>();
        foreach (var page in Pages.Select(p => p.Replace("{id}", id, StringComparison.Ordinal)))
        {
            await visitor.Page.GotoAsync($"/{page}");
            var width = await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            if (width > 320) wide.Add($"{page}: {width}");
        }

        Assert.Empty(wide);
    }

    private static IEnumerable<string> Describe(string page, AxeResult result) => result.Violations.SelectMany(
        v => v.Nodes.Select(n => $"{page}: {v.Id}: {n.Html[..Math.Min(160, n.Html.Length)]}"));

    // Kept beside the results, so that a person can look at them.
    private static async Task Keep(IPage page, string name) => await page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{string.Join('-', name.Split(['/', '?', '=']))}.png"),
        FullPage = true
    });
}
