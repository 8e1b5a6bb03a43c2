using Microsoft.Playwright;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class TabsTests(Service service, Chromium chromium, ITestOutputHelper output)
{
    private static int users;

    [Fact]
    public async Task Ten_tabs_follow_changes_and_none_hangs()
    {
        var id = await service.Connect("pg-tabs", "tabs");
        await using var visitor = await chromium.Visit(service, service.Key);
        List<IPage> tabs = [visitor.Page];
        while (tabs.Count < 10) tabs.Add(await visitor.Another());
        foreach (var tab in tabs) await tab.GotoAsync($"/connections/{id}"); // a browser counts each of them as visible
        foreach (var tab in tabs) await tab.EvaluateAsync("window.kept = true");
        await tabs[^1].ClickAsync("button:has-text('Actions')");
        await tabs[^1].ClickAsync("#actions >> text=Rename");
        await tabs[^1].FillAsync("dialog #new-name", "pg-tabs-renamed");
        await tabs[^1].ClickAsync("dialog button.primary");
        foreach (var tab in tabs) await tab.WaitForSelectorAsync(".timeline li:has-text('pg-tabs-renamed')");
        Assert.All(await Task.WhenAll(tabs.SkipLast(1).Select(t => t.EvaluateAsync<bool>("window.kept"))), Assert.True);
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_change_stream_ends_with_its_session()
    {
        using var client = Browser.Open(service.Address);
        await Browser.SignIn(client, service.Key);
        using var stream = await Follow(client, "/changes");
        await client.PostAsync("/sign-out", Browser.Form(await Browser.Token(client)));
        await Ends(stream);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_stream_ends_with_its_key(bool session)
    {
        var made = await service.Post("/api/keys", new { name = "followed", role = "viewer" });
        var key = made.GetProperty("key").GetString()!;
        using var client = Browser.Open(service.Address);
        if (session) await Browser.SignIn(client, key);
        else client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var stream = await Follow(client, session ? "/changes" : "/api/changes");
        await service.Delete($"/api/keys/{made.GetProperty("id").GetString()}");
        await Ends(stream);
    }

    [Fact]
    public async Task Fifty_open_pages_cost_the_service_little_memory()
    {
        using var client = Browser.Open(service.Address);
        await Browser.SignIn(client, service.Key);
        foreach (var stream in await Open(client, 50)) stream.Dispose(); // once before, so that code and pools are there
        var before = service.Memory;
        var streams = await Open(client, 50);
        output.WriteLine($"50 open pages: {(service.Memory - before) / 1024.0 / 1024:n1} MB more");
        Assert.InRange(service.Memory - before, long.MinValue, 20 * 1024 * 1024);
        foreach (var stream in streams) stream.Dispose();
    }

    // A page, and the stream that it holds open. One session has them all, on connections of their own.
    private static async Task<IReadOnlyList<IDisposable>> Open(HttpClient client, int pages)
    {
        var streams = new List<IDisposable>();
        for (var i = 0; i < pages; i++)
        {
            await client.GetStringAsync("/connections");
            streams.Add(await Follow(client, "/changes"));
        }

        return streams;
    }

    private static async Task<StreamReader> Follow(HttpClient client, string path)
    {
        var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(": connected", await reader.ReadLineAsync());
        return reader;
    }

    // A change makes the service look at the caller at once.
    private async Task Ends(StreamReader stream)
    {
        await service.Connect($"pg-ended-{Interlocked.Increment(ref users)}", $"ended{users}");
        var rest = await stream.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Until.Limit);
        Assert.DoesNotContain("data:", rest, StringComparison.Ordinal);
    }
}
