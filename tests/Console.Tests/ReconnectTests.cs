using Microsoft.Playwright;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class ReconnectTests(Service service, Chromium chromium)
{
    private const string Next = "canary-next-41c9";

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task An_activity_that_waits_for_a_reconnect_ends_without_a_reload(int width)
    {
        var user = $"changed{width}";
        var connection = $"/connections/{await service.Connect($"pg-changed-{width}", user)}";
        await using var visitor = await chromium.Visit(service, service.Key, width);
        var page = visitor.Page;
        await Typed.Query(page, connection, "select 6 * 7 as answer");
        await page.WaitForSelectorAsync("#activity .status:has-text('Done')");

        await service.ChangePassword(user, Next);
        await Typed.Query(page, connection, "select 40 + 2 as answer");
        await page.WaitForSelectorAsync("#activity .status:has-text('Waiting')");
        await page.WaitForSelectorAsync($"text=Waits until somebody reconnects pg-changed-{width}.");
        await page.EvaluateAsync("window.kept = true");
        var other = await visitor.Another();
        foreach (var address in new[] { "/", "/connections", "/activities", "/marketplace", "/expiring", "/keys", connection, $"{connection}/rename" })
        {
            await other.GotoAsync(address);
            Assert.Contains("a reconnect", await other.InnerTextAsync("#notice"), StringComparison.Ordinal);
        }

        await other.GotoAsync(page.Url);
        await other.ClickAsync("#activity a.primary:has-text('Reconnect')");
        await other.ClickAsync("summary:has-text('Replace')");
        await other.FillAsync("#f-credentials-password", Next);
        await other.ClickAsync("text=Test and reconnect");
        await other.Arrives($"**{connection}");
        await page.WaitForSelectorAsync("#activity .status:has-text('Done')");
        Assert.True(await page.EvaluateAsync<bool>("window.kept"));
        Assert.Contains("42", await page.InnerTextAsync("table.rows"), StringComparison.Ordinal);
        await other.WaitForSelectorAsync("#details .status:has-text('Connected')");
        Assert.Empty(visitor.Faults);
        Assert.DoesNotContain(Next, service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reconnect_takes_the_same_account_only_and_a_withdrawn_sign_in_needs_one()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync("/connect/demo-files");
        await page.FillAsync("#f-name", "files-taken-back");
        await SignIn(page, "ada");
        await page.Arrives("**/connections/*-*");
        var connection = page.Url;

        await page.GotoAsync($"{connection}/reconnect");
        await visitor.Context.ClearCookiesAsync(new() { Name = "demo-provider" });
        await SignIn(page, "bob");
        await page.Arrives("**/reconnect*");
        Assert.Contains("bob@demo.example", await page.InnerTextAsync("[data-steps] .problem"), StringComparison.Ordinal);

        await page.GotoAsync(connection);
        Assert.Contains("Connected", await page.InnerTextAsync("#details"), StringComparison.Ordinal);
        using var provider = new HttpClient();
        await provider.PostAsync($"{service.Demo}/account/disconnect", new FormUrlEncodedContent([new("user", "ada")]));
        await page.ClickAsync("button:has-text('Test')");
        await page.WaitForSelectorAsync("#details .status:has-text('Reconnect needed')");
        Assert.True(await page.IsVisibleAsync("[data-steps] .problem"));

        await visitor.Context.ClearCookiesAsync(new() { Name = "demo-provider" });
        await page.ClickAsync("#details .banner a:has-text('Reconnect')");
        await SignIn(page, "ada");
        await page.Arrives(connection);
        await page.WaitForSelectorAsync("#details .status:has-text('Connected')");
        Assert.Empty(visitor.Faults);
    }

    private static async Task SignIn(IPage page, string user)
    {
        await page.ClickAsync("button:has-text('Go on to')");
        await page.ClickAsync($"button:has-text('{user}')");
        await page.ClickAsync("button:has-text('Allow')");
    }
}
