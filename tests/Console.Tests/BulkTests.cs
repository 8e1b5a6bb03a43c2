using System.Net;
using System.Net.Sockets;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class BulkTests(Service service, Chromium chromium)
{
    [Theory]
    [InlineData(1280, true)]
    [InlineData(390, true)]
    [InlineData(1280, false)]
    public async Task Selected_rows_are_tested_one_after_another_with_an_outcome_each(int width, bool scripts)
    {
        var workspace = $"few{width}{scripts}".ToLowerInvariant();
        var key = await service.CreateKey("manager", workspace);
        foreach (var user in new[] { $"{workspace}a", $"{workspace}b" }) await service.Connect($"pg-{user}", user, key: key);
        await service.ChangePassword($"{workspace}b", "another");
        await using var visitor = await chromium.Visit(service, key, width, scripts: scripts);
        var page = visitor.Page;
        foreach (var row in new[] { 0, 1 }) await page.Locator("input[name=ids]").Nth(row).CheckAsync();
        if (scripts) Assert.Contains("2 selected", await page.InnerTextAsync("[data-bulk-bar]"), StringComparison.Ordinal);
        await page.ClickAsync("[data-bulk-bar] button[value=test]");
        await page.WaitForSelectorAsync($"main li:has-text('pg-{workspace}a'):has-text('works')");
        await page.WaitForSelectorAsync($"main li:has-text('pg-{workspace}b'):has-text('rejects the password')");
        await page.WaitForSelectorAsync("text=All were tried.");
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task An_outcome_is_shown_before_the_next_row_is_tested()
    {
        var key = await service.CreateKey("manager", "slow");
        await service.Connect("pg-a-quick", "slowquick", key: key);
        using var silent = new TcpListener(IPAddress.Loopback, 0); // accepts, and never answers
        silent.Start();
        await service.Post("/api/connections", new
        {
            connector = "postgres",
            name = "pg-b-silent",
            settings = new { host = "127.0.0.1", port = ((IPEndPoint)silent.LocalEndpoint).Port, database = "x", tls = "disable" },
            credentials = new { username = "x", password = "x" },
            skipTest = true
        }, key);
        using var client = Browser.Open(service.Address);
        await Browser.SignIn(client, key);
        var list = "";
        await Until.Holds(async () => (list = await client.GetStringAsync("/connections?sort=name")).Contains("pg-b-silent", StringComparison.Ordinal), "both are listed");
        var ids = System.Text.RegularExpressions.Regex.Matches(list, "name=\"ids\" value=\"([^\"]+)\"").Select(m => new KeyValuePair<string, string>("ids", m.Groups[1].Value));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connections/bulk")
        {
            Content = new FormUrlEncodedContent([new("form-token", await Browser.Token(client)), new("do", "test"), .. ids])
        };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = "";
        while (!seen.Contains("works", StringComparison.Ordinal)) seen += await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new EndOfStreamException(seen);
        Assert.DoesNotContain("All were tried.", seen, StringComparison.Ordinal);
        silent.Stop(); // the second test ends
        Assert.Contains("pg-b-silent", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
