using Microsoft.Playwright;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class SearchTests(Service service, Chromium chromium)
{
    [Fact]
    public async Task A_change_during_a_search_does_not_undo_it()
    {
        var key = await service.CreateKey("manager", "searched");
        foreach (var user in new[] { "searcheda", "searchedb" }) await service.Connect($"pg-{user}", user, key: key);
        await using var visitor = await chromium.Visit(service, key);
        var page = visitor.Page;
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        var (asked, second) = (0, new TaskCompletionSource());
        await page.RouteAsync(address => new Uri(address).AbsolutePath == "/connections", async route =>
        {
            if (Interlocked.Increment(ref asked) > 1) second.TrySetResult();
            await second.Task; // the search is slow, and the change comes meanwhile
            try
            {
                await route.ContinueAsync();
            }
            catch (PlaywrightException)
            {
                // the page gave this request up
            }
        });
        await page.FillAsync("[data-search]", "pg-searcheda");
        await Until.Holds(() => Volatile.Read(ref asked) > 0, "the search is asked");
        await service.Connect("pg-searchedc", "searchedc", key: key);
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        Assert.EndsWith("q=pg-searcheda", page.Url, StringComparison.Ordinal);
        Assert.Empty(visitor.Faults);
    }
}
