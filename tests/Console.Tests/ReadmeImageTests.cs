using TestServers;

namespace Console.Tests;

/// <summary>
/// Takes the screenshots of the README. With <c>UPDATE_IMAGES=1</c> in the environment they replace those in <c>docs/images</c>.
/// </summary>
[Collection(ConsoleCollection.Name)]
public sealed class ReadmeImageTests(Service service, Chromium chromium)
{
    private const int MostBytes = 150 * 1024;

    [Fact]
    public async Task The_readme_shows_a_list_a_test_s_steps_and_a_connection()
    {
        var key = await service.CreateKey("manager", Samples.Workspace);
        const string Name = "pg-reporting-stage-ssa";
        await Typed.Role(service, "reporting_ro");
        await using var visitor = await chromium.Visit(service, key);
        var page = visitor.Page;
        await page.GotoAsync("/connect/postgres");
        await Typed.Database(page, service, Name, "reporting_ro", PostgresDatabases.Password);
        await page.SelectOptionAsync("#f-settings-tls", "require");
        await page.ClickAsync("summary:has-text('Encryption')");
        await page.ClickAsync("text=Test connection");
        await page.WaitForSelectorAsync("[data-steps] .done");
        await page.Locator("form[data-stream] .buttons").EvaluateAsync("e => e.scrollIntoView({ block: 'end' })");
        await page.EvaluateAsync("scrollBy(0, 24)");
        await Keep("connect");
        await page.ClickAsync("text=Test and save");
        await page.Arrives("**/connections/*-*");
        var id = page.Url.Split('/')[^1];
        var last = "";
        foreach (var workflow in new[] { "nightly-report", "nightly-report", "hr-sync" }) last = await service.Run(id, "select 1", workflow, key);
        await page.GotoAsync($"/activities/{last}");
        await page.WaitForSelectorAsync("#activity .status:has-text('Done')");
        await page.GotoAsync($"/connections/{id}");
        await page.WaitForSelectorAsync("td:has-text('hr-sync')");
        await Keep("view");
        await page.GotoAsync("/connections");
        await page.WaitForSelectorAsync($"a:has-text('{Name}')");
        await Keep("list");
        Assert.Empty(visitor.Faults);

        async Task Keep(string name)
        {
            await page.EvaluateAsync("document.activeElement.blur()");
            var image = await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"readme-{name}.png") });
            Assert.InRange(image.Length, 1, MostBytes);
            var kept = Path.Combine(Root(), "docs", "images", $"{name}.png");
            if (Environment.GetEnvironmentVariable("UPDATE_IMAGES") == "1") await File.WriteAllBytesAsync(kept, image);
            Assert.InRange(new FileInfo(kept).Length, 1, MostBytes);
            Assert.Contains($"docs/images/{name}.png", await File.ReadAllTextAsync(Path.Combine(Root(), "README.md")), StringComparison.Ordinal);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "README.md"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
