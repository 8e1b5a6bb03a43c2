using System.Net;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class BudgetTests(Service service, Chromium chromium)
{
    [Fact]
    public async Task The_first_page_weighs_at_most_60_KB_in_at_most_8_requests()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        var (bytes, requests, finished) = (0, 0, 0);
        visitor.Page.Response += (_, response) =>
        {
            if (!response.Url.EndsWith("/changes", StringComparison.Ordinal)) Interlocked.Increment(ref requests);
        };
        await using var session = await Network(visitor, size =>
        {
            Interlocked.Add(ref bytes, size);
            Interlocked.Increment(ref finished);
        });
        await visitor.Page.GotoAsync("/connections", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Load });
        Assert.InRange(requests, 1, 8);
        // The sizes come over a line of their own.
        await Until.Holds(() => Volatile.Read(ref finished) >= Volatile.Read(ref requests), "the size of each response is known");
        Assert.InRange(bytes, 1, 60 * 1024);
    }

    [Theory]
    [InlineData("console.js", 8)]
    [InlineData("console.css", 10)]
    public async Task The_files_are_small_and_kept_for_ever(string name, int kilobytes)
    {
        using var client = new HttpClient { BaseAddress = new Uri(service.Address) };
        var page = await client.GetStringAsync("/sign-in");
        var from = page.IndexOf("assets/", page.IndexOf(name, StringComparison.Ordinal) - 40, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, page[from..page.IndexOf('"', from)]) { Headers = { { "Accept-Encoding", "br" } } };
        var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync()).Length, 1, kilobytes * 1024);
    }

    private static async Task<IAsyncDisposable> Network(Visitor visitor, Action<int> received)
    {
        var session = await visitor.Context.NewCDPSessionAsync(visitor.Page);
        await session.SendAsync("Network.enable");
        session.Event("Network.loadingFinished").OnEvent += (_, data) => received((int)data!.Value.GetProperty("encodedDataLength").GetDouble());
        return new Detached(session);
    }

    private sealed class Detached(Microsoft.Playwright.ICDPSession session) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await session.DetachAsync();
    }
}
