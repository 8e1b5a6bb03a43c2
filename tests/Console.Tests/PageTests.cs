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
        "connections/{id}/delete", "connections/{id}/run", "apps/postgres", "connections/00000000-0000-0000-0000-000000000001", "connections/{id}?at=2100-01-01T00:00:00Z", "activities/{activity}", "nowhere"
    ];

    [Theory]
    [InlineData("light", 1280)]
    [InlineData("light", 390)]
    [InlineData("dark", 1280)]
    [InlineData("dark", 390)]
    public async Task No_page_has_a_fault_that_axe_or_the_browser_finds(string theme, int width)
    {
        var (id, activity) = await Connected($"pages{theme}{width}");
        await using var visitor = await chromium.Visit(service, service.Key, width, theme);
        var found = new List<string>();
        foreach (var page in Addresses(id, activity))
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

    // 640 pixels are what is left of 1280 when a person zooms to 200 %.
    [Theory]
    [InlineData(320)]
    [InlineData(640)]
    [InlineData(768)]
    public async Task Nothing_scrolls_sideways(int width)
    {
        var (id, activity) = await Connected($"narrow{width}");
        await using var visitor = await chromium.Visit(service, service.Key, width);
        var wide = new List<string>();
        foreach (var page in Addresses(id, activity))
        {
            await visitor.Page.GotoAsync($"/{page}");
            var found = await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            if (found > width) wide.Add($"{page}: {found}");
            if (width == 768) await Keep(visitor.Page, $"{(page.Length == 0 ? "overview" : page)}-light-768");
        }

        Assert.Empty(wide);
    }

    private static IEnumerable<string> Addresses(string id, string activity) =>
        Pages.Select(p => p.Replace("{id}", id, StringComparison.Ordinal).Replace("{activity}", activity, StringComparison.Ordinal));

    // A connection with a long name, and an activity over it with wide rows.
    private async Task<(string Id, string Activity)> Connected(string user)
    {
        var id = await service.Connect($"pg-{user}-stage-ssa-with-a-name-that-is-longer-than-most", user);
        return (id, await service.Run(id, "select repeat('wide', 200) as a, 1 as b, 2 as c, 3 as d, 4 as e", "nightly-report"));
    }

    private static IEnumerable<string> Describe(string page, AxeResult result) => result.Violations.SelectMany(
        v => v.Nodes.Select(n => $"{page}: {v.Id}: {n.Html[..Math.Min(160, n.Html.Length)]}"));

    // Kept beside the results, so that a person can look at them.
    private static async Task Keep(IPage page, string name) => await page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{string.Join('-', name.Replace("00000000-0000-0000-0000-000000000001", "none", StringComparison.Ordinal).Split(['/', '?', '=', ':']))}.png"),
        FullPage = true
    });
}
