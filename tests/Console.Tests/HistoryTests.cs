namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class HistoryTests(Service service, Chromium chromium)
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_slider_shows_the_page_before_a_rename(int width)
    {
        var (before, after) = ($"pg-before-{width}", $"pg-after-{width}");
        var id = await service.Connect(before, $"renamed{width}");
        await using var visitor = await chromium.Visit(service, service.Key, width);
        var page = visitor.Page;
        await page.GotoAsync($"/connections/{id}");
        await page.ClickAsync("button:has-text('Actions')");
        await page.ClickAsync("#actions >> text=Rename");
        await page.FillAsync("dialog #new-name", after);
        await page.ClickAsync("dialog button.primary");
        await page.WaitForSelectorAsync($"h1:has-text('{after}')");
        Assert.Contains($"\"{after}\"", await page.InnerTextAsync(".timeline li"), StringComparison.Ordinal);

        Assert.StartsWith("now, version", await page.GetAttributeAsync("#version", "aria-valuetext"), StringComparison.Ordinal);
        await page.FocusAsync("#version");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Arrives("**?at=*");
        await page.WaitForSelectorAsync($"h1:has-text('{before}')");
        Assert.Contains("You look at the past", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Matches(@"^\d+ \w+ \d{4}, \d\d:\d\d UTC, version \d+$", await page.GetAttributeAsync("#version", "aria-valuetext"));
        Assert.Equal(0, await page.Locator("main button:visible, .head a.button").CountAsync());
        await page.ClickAsync("text=Back to now");
        await page.WaitForSelectorAsync($"h1:has-text('{after}')");
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task An_activity_shows_how_long_it_took_and_when_each_step_was()
    {
        var activity = await service.Run(await service.Connect("pg-timed", "timed"), "select 1", "nightly-report", service.Key);
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync($"/activities/{activity}");
        await page.WaitForSelectorAsync("#activity .status:has-text('Done')");
        Assert.Matches(@"^[\d.]+ m?s$", await page.InnerTextAsync("dt:text('Took') + dd"));
        Assert.Equal(0, await page.Locator("dt:text-is('Run'), dt:text-is('Step')").CountAsync());
        foreach (var time in await page.Locator(".timeline li > time").AllInnerTextsAsync()) Assert.Matches(@"\d\d:\d\d:\d\d$", time);
        await page.GotoAsync("/activities");
        Assert.Equal("Run a query", await page.InnerTextAsync($"a[href='activities/{activity}']"));
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task What_ends_soon_is_listed_and_in_a_calendar_file()
    {
        await service.Connect("pg-ends, soon; really", "ending", TimeProvider.System.GetUtcNow().AddDays(5));
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync("/expiring");
        var row = page.Locator("section:has(h2:text('Within a week')) tr:has-text('pg-ends, soon; really')");
        Assert.Contains("have to be changed by then", await row.InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await row.Locator("a:has-text('Reconnect')").IsVisibleAsync());
        Assert.NotEqual("", await page.InnerTextAsync("#nav .count"));

        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("text=Calendar file"));
        var text = await File.ReadAllTextAsync(await download.PathAsync());
        Assert.StartsWith("BEGIN:VCALENDAR\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("END:VCALENDAR\r\n", text, StringComparison.Ordinal);
        var unfolded = text.Replace("\r\n ", "", StringComparison.Ordinal);
        Assert.Contains("SUMMARY:pg-ends\\, soon\\; really ends: reconnect it\r\n", unfolded, StringComparison.Ordinal);
        Assert.Contains($"DTSTART:{TimeProvider.System.GetUtcNow().AddDays(5):yyyyMMdd}", unfolded, StringComparison.Ordinal);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(line), 0, 75));
        await page.GotoAsync("/connections?expiring=1");
        Assert.True(await page.IsVisibleAsync("tbody a:has-text('pg-ends, soon; really')"));
        Assert.Empty(visitor.Faults);
    }
}
