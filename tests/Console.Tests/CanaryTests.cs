using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed partial class CanaryTests(Service service, Chromium chromium)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_is_typed_into_a_secret_field_of_any_app_is_sent_once_and_shown_nowhere()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        var received = new List<Task<string>>();
        // only what arrived completely: the body of another response is waited for without end
        page.RequestFinished += (_, request) =>
        {
            if (!request.Url.EndsWith("/changes", StringComparison.Ordinal)) received.Add(Body(request));
        };
        page.WebSocket += (_, socket) => received.Add(Task.FromResult(socket.Url));
        var (fields, number) = (0, 0);
        var secrets = new List<string>();
        foreach (var address in await Forms())
        {
            await page.GotoAsync(address);
            await page.EvaluateAsync("document.querySelectorAll('form[data-stream] details').forEach(fold => { fold.open = true; })");
            var typed = new List<string>();
            foreach (var field in await page.Locator("[data-secret]").AllAsync())
            {
                typed.Add($"canary-secret-{++number}-f3d9");
                await field.FillAsync(typed[^1]);
            }

            if (typed.Count == 0) continue;
            fields += typed.Count;
            secrets.AddRange(typed);
            await page.ClickAsync("button[value=test], button[value=save]"); // refused: no other field is filled
            await page.WaitForSelectorAsync("[data-steps] .problem");
            Assert.Equal(typed, await page.Locator("[data-secret]").EvaluateAllAsync<string[]>("all => all.map(e => e.value)")); // still there for the next try
            var kept = await page.EvaluateAsync<string>("JSON.stringify([sessionStorage, localStorage, location.href, document.cookie, history.state])");
            Assert.DoesNotContain("canary-secret", kept, StringComparison.Ordinal);
            Assert.DoesNotContain("canary-secret", await page.ContentAsync(), StringComparison.Ordinal);
            await page.EvaluateAsync("document.querySelectorAll('[data-secret]').forEach(e => { e.value = ''; e.dispatchEvent(new Event('input', { bubbles: true })); })");
        }

        Assert.InRange(fields, 15, 1000);
        Assert.All(await Task.WhenAll(received), text => Assert.DoesNotContain("canary-secret", text, StringComparison.Ordinal));
        Assert.DoesNotContain("canary-secret", service.Output, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(service.Folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.False((await reader.ReadToEndAsync()).Contains("canary-secret", StringComparison.Ordinal), Path.GetFileName(file));
        }
    }

    // Each app, and each of its ways to sign in.
    private async Task<IReadOnlyList<string>> Forms()
    {
        using var client = Browser.Open(service.Address);
        await Browser.SignIn(client, service.Key);
        var found = new List<string>();
        foreach (var app in App().Matches(await client.GetStringAsync("/marketplace")).Select(m => m.Groups[1].Value).Distinct())
        {
            var form = await client.GetStringAsync($"/connect/{app}");
            found.Add($"/connect/{app}");
            found.AddRange(Way().Matches(form).Select(m => $"/{m.Groups[1].Value}"));
        }

        return found;
    }

    private static async Task<string> Body(IRequest request)
    {
        try
        {
            var response = await request.ResponseAsync().WaitAsync(Limit, TimeProvider.System);
            return $"{request.Url} {string.Join(' ', response!.Headers)} {await response.TextAsync().WaitAsync(Limit, TimeProvider.System)}";
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            return request.Url; // a redirect, or a page that was left
        }
    }

    [GeneratedRegex("href=\"marketplace/([\\w-]+)\"")]
    private static partial Regex App();

    [GeneratedRegex("href=\"(connect/[\\w-]+\\?way=[\\w-]+)\"")]
    private static partial Regex Way();
}
