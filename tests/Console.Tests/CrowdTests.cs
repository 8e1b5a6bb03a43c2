using System.Diagnostics;
using System.Globalization;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class CrowdTests(Service service, Chromium chromium, ITestOutputHelper output)
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Ten_thousand_connections_are_searched_sorted_and_paged(int width)
    {
        await using var visitor = await chromium.Visit(service, await Key(), width);
        var page = visitor.Page;
        await page.GotoAsync("/connections");
        Assert.Contains("10,000", await page.InnerTextAsync(".chips li:first-child"), StringComparison.Ordinal);
        Assert.Contains("100", await page.InnerTextAsync(".chips a.bad"), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => Crowd.Name(i * 100)), await Names(page)); // those that need a person come first
        Assert.Contains("100 connections need a reconnect", await page.InnerTextAsync("#notice"), StringComparison.Ordinal);

        await page.GotoAsync("/connections?sort=name");
        Assert.Equal(Enumerable.Range(0, 100).Select(Crowd.Name), await Names(page));
        await page.ClickAsync("text=Next 100");
        await page.Arrives("**cursor=*");
        Assert.Equal(Enumerable.Range(100, 100).Select(Crowd.Name), await Names(page));
        await page.ClickAsync("text=First page");
        await page.Arrives("**/connections?sort=name");

        var typed = Stopwatch.GetTimestamp();
        await page.Locator("[data-search]").PressSequentiallyAsync("crowd-07777");
        var last = Stopwatch.GetTimestamp();
        await Microsoft.Playwright.Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        output.WriteLine($"search: typed for {Stopwatch.GetElapsedTime(typed, last).TotalMilliseconds:n0} ms, "
            + $"on the screen {Stopwatch.GetElapsedTime(last).TotalMilliseconds:n0} ms after the last key");
        Assert.Equal([Crowd.Name(7777)], await Names(page));
        Assert.Contains("q=crowd-07777", page.Url, StringComparison.Ordinal);
        await page.FillAsync("[data-search]", "nothing-has-this-name");
        await page.WaitForSelectorAsync("text=No connection matches “nothing-has-this-name”.");
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_page_of_a_hundred_rows_costs_little()
    {
        var key = await Key();
        using var client = new HttpClient(new HttpClientHandler()) { BaseAddress = new Uri(service.Address) };
        await Browser.SignIn(client, key);
        for (var i = 0; i < 20; i++) await client.GetStringAsync("/connections?sort=name");
        const int Pages = 100;
        var before = service.Cpu;
        for (var i = 0; i < Pages; i++)
        {
            var page = await client.GetStringAsync("/connections?sort=name");
            Assert.Contains(Crowd.Name(99), page, StringComparison.Ordinal);
        }

        output.WriteLine($"a page of 100 of 10,000 rows: {(service.Cpu - before).TotalMilliseconds / Pages:n1} ms of a processor");
    }

    // The rows appear once the service has read its log.
    private async Task<string> Key()
    {
        var key = await service.CreateKey("manager", Crowd.Workspace);
        using var client = new HttpClient(new HttpClientHandler()) { BaseAddress = new Uri(service.Address) };
        await Browser.SignIn(client, key);
        var last = Crowd.Name(Crowd.Size - 1);
        await Until.Holds(
            async () => (await client.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"/connections?q={last}"))).Contains($">{last}<", StringComparison.Ordinal),
            "all connections are listed");
        return key;
    }

    private static async Task<IReadOnlyList<string>> Names(Microsoft.Playwright.IPage page) => await page.Locator("tbody .name a").AllInnerTextsAsync();
}
