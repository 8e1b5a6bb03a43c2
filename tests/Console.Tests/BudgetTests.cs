using System.Net;
using Microsoft.Playwright;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class BudgetTests(Service service, Chromium chromium)
{
    [Fact]
    public async Task The_first_page_weighs_at_most_60_KB_in_at_most_8_requests()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        var (answered, finished) = (0, new System.Collections.Concurrent.ConcurrentQueue<IRequest>());
        page.Response += (_, response) =>
        {
            if (!IsStream(response.Url)) Interlocked.Increment(ref answered);
        };
        page.RequestFinished += (_, request) =>
        {
            if (!IsStream(request.Url)) finished.Enqueue(request);
        };
        await page.GotoAsync("/connections", new() { WaitUntil = WaitUntilState.Load });
        await Until.Holds(() => answered > 0 && finished.Count >= answered, "each response has ended");
        Assert.InRange(answered, 1, 8);
        var bytes = 0;
        foreach (var request in finished)
        {
            var sizes = await request.SizesAsync();
            bytes += sizes.ResponseHeadersSize + sizes.ResponseBodySize;
        }

        Assert.InRange(bytes, 1, 60 * 1024);

        static bool IsStream(string address) => address.EndsWith("/changes", StringComparison.Ordinal);
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
}
