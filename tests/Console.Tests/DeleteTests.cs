using Microsoft.Playwright;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class DeleteTests(Service service, Chromium chromium)
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_dialog_names_what_stops_and_a_deleted_connection_stays_readable(int width)
    {
        var (name, user) = ($"pg-stops-{width}", $"stops{width}");
        var id = await service.Connect(name, user);
        await service.ChangePassword(user, "another");
        await service.Run(id, "select 1", "nightly-report");
        var waits = await service.Post("/api/activities", new
        {
            connection = new { connector = "postgres", name },
            activity = "run-query",
            input = new { sql = "select 2" },
            caller = new { workflow = "hr-sync" }
        });
        await using var visitor = await chromium.Visit(service, service.Key, width);
        var page = visitor.Page;
        await Until.Holds(
            async () =>
            {
                await page.GotoAsync($"/connections/{id}/delete");
                return (await page.InnerTextAsync("main")).Contains("waits for a new one of that name", StringComparison.Ordinal);
            },
            "both activities wait");
        await page.GotoAsync($"/apps/postgres?q={name}");
        await Open(page, id);
        var dialog = await page.InnerTextAsync("dialog[open]");
        Assert.Contains($"Delete {name}?", dialog, StringComparison.Ordinal);
        Assert.Contains("1 activity that names it by id fails at once.", dialog, StringComparison.Ordinal);
        Assert.Contains($"1 activity that names it as postgres / {name} waits for a new one of that name.", dialog, StringComparison.Ordinal);
        Assert.Contains("nightly-report (1)", dialog, StringComparison.Ordinal);
        await page.ClickAsync("dialog >> text=Keep it");
        await Assertions.Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);

        await Open(page, id);
        await page.FillAsync("dialog #typed", name);
        await page.ClickAsync("dialog button.danger");
        await page.Arrives($"**/connections/{id}");
        await page.WaitForSelectorAsync("#details .status:has-text('Deleted')");
        Assert.Contains(name, await page.InnerTextAsync("h1"), StringComparison.Ordinal);
        await page.GotoAsync($"/activities/{waits.GetProperty("id").GetString()}");
        await page.WaitForSelectorAsync("text=waits for a new one of that name");
        Assert.True(await page.IsVisibleAsync("#activity a.primary:has-text('Connect')"));
        Assert.Empty(visitor.Faults);
    }

    private static async Task Open(IPage page, string id)
    {
        await page.ClickAsync($"button[popovertarget='m-{id}']");
        await page.ClickAsync($"[id='m-{id}'] >> text=Delete…");
        await page.WaitForSelectorAsync("dialog[open]");
        Assert.Equal("Keep it", await page.EvaluateAsync<string>("document.activeElement.textContent"));
    }
}
