using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class ProxyTests(Service service, Chromium chromium)
{
    [Fact]
    public async Task Behind_a_reverse_proxy_with_tls_and_a_path_everything_works()
    {
        Assert.SkipUnless(Nginx.Available, "nginx is not installed");
        await using var proxy = new Nginx();
        var listen = $"http://127.0.0.1:{Ports.Free()}";
        await using var behind = await service.Another("--urls", listen, $"--Http:PublicUrl={proxy.Address}");
        await proxy.Start(listen);
        await Typed.Role(service, "proxied");
        await using var visitor = await chromium.Visit(behind, behind.Key, address: $"{proxy.Address}/");
        var page = visitor.Page;
        Assert.All(await visitor.Context.CookiesAsync(), c => Assert.True(c is { Secure: true, HttpOnly: true }, c.Name));
        Assert.Contains(await visitor.Context.CookiesAsync(), c => c.Name == "__Host-session");

        // every link of the pages leads to a page
        var seen = new HashSet<string>();
        foreach (var start in new[] { "", "connections", "activities", "expiring", "marketplace", "marketplace/postgres", "connect/postgres", "keys", "nowhere" })
        {
            await page.GotoAsync($"{proxy.Address}/{start}");
            var links = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('a[href], form[action]')].map(e => e.href || e.action)");
            Assert.All(links, link => Assert.StartsWith($"{proxy.Address}/", link, StringComparison.Ordinal));
            foreach (var link in links.Select(l => l.Split('#')[0]).Where(l => !l.Contains("/marketplace/", StringComparison.Ordinal))) seen.Add(link);
        }

        foreach (var link in seen.Where(l => !IsForm(l) && !l.EndsWith("/nowhere", StringComparison.Ordinal)))
            Assert.True((await page.APIRequest.GetAsync(link)).Ok, link);

        // a streamed form, and the event stream
        await page.GotoAsync($"{proxy.Address}/connect/postgres");
        await Typed.Database(page, behind, "pg-proxied", "proxied", PostgresDatabases.Password);
        await page.ClickAsync("text=Test connection");
        await page.WaitForSelectorAsync("[data-steps] .done");
        Assert.NotEqual(0, await page.Locator("[data-steps] li.good").CountAsync());
        await page.ClickAsync("text=Test and save");
        await page.Arrives($"{proxy.Address}/connections/*-*");
        await page.EvaluateAsync("window.kept = true");
        var other = await visitor.Another();
        await other.GotoAsync($"{page.Url}/rename");
        await other.FillAsync("#new-name", "pg-proxied-2");
        await other.ClickAsync("main button.primary");
        await page.WaitForSelectorAsync(".timeline li:has-text('pg-proxied-2')");
        Assert.True(await page.EvaluateAsync<bool>("window.kept"));

        // a theme, and the sign-out
        await page.ClickAsync(".account button");
        await page.CheckAsync("[name=theme][value=dark]");
        await page.ClickAsync("text=Apply");
        await page.WaitForSelectorAsync("html[data-theme=dark]");
        await page.ClickAsync(".account button");
        await page.ClickAsync("text=Sign out");
        await page.Arrives($"{proxy.Address}/sign-in");
        await page.GotoAsync($"{proxy.Address}/connections?status=connected");
        await page.Arrives($"{proxy.Address}/sign-in?next=*");
        await page.FillAsync("#key", behind.Key);
        await page.ClickAsync("main button");
        await page.Arrives($"{proxy.Address}/connections?status=connected");

        // five wrong keys a minute, then no other one is looked at
        await page.GotoAsync($"{proxy.Address}/sign-in");
        foreach (var key in new[] { "ck_1", "ck_2", "ck_3", "ck_4", "ck_5", behind.Key })
        {
            await page.FillAsync("#key", key);
            var answer = await page.RunAndWaitForResponseAsync(() => page.ClickAsync("main button"), r => r.Request.Method == "POST");
            Assert.Equal(key == behind.Key ? 429 : 422, answer.Status);
        }

        Assert.Matches(@"Try again in \d+ seconds\.", await page.InnerTextAsync("main"));
        Assert.Empty(visitor.Faults);
    }

    // These take posts only.
    private static bool IsForm(string link) => new[] { "/preferences", "/sign-out", "/delete", "/bulk", "/test" }.Any(end => link.EndsWith(end, StringComparison.Ordinal));
}
