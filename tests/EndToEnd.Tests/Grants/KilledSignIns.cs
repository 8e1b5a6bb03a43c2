using System.Text.Json;
using EndToEnd.Tests.Chaos;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>Kills a process with many sign-ins, each held at another point, and records how another process continues each.</summary>
public sealed class KilledSignIns : IAsyncDisposable
{
    private const string Started = "started";

    private readonly Lazy<Task<Dictionary<string, AfterSignIn>>> all;
    private GrantHosts? hosts;

    public KilledSignIns() => all = new(Run);

    /// <summary>The points of a sign-in in order, and what is held at each.</summary>
    public static IReadOnlyDictionary<string, string> Points { get; } = new Dictionary<string, string>
    {
        [Started] = "after authorization-started",
        ["code"] = "after authorization-code-received",
        ["exchange"] = TokenProvider.Exchange,
        ["identify"] = TokenProvider.Me,
        ["vault"] = "vault",
        ["claim"] = "before claim-taken connectionAccount-",
        ["claimed"] = "after claim-taken connectionAccount-",
        ["create"] = "before connection-created",
        ["created"] = "after connection-created",
        ["reconnect"] = "before connection-reconnected",
        ["reconnected"] = "after connection-reconnected",
        ["confirm"] = "before connection-created",
        ["confirmed"] = "after connection-created",
        ["otherReconnect"] = "before connection-reconnected",
        ["otherReconnected"] = "after connection-reconnected"
    };

    /// <summary>The points with a confirmation page: in another browser, or to reconnect the connection that has the account.</summary>
    public static IReadOnlyList<string> Clicks { get; } = ["confirm", "confirmed", "otherReconnect", "otherReconnected"];

    internal async Task<AfterSignIn> At(string point, string connector) => (await all.Value)[$"{point}{connector[0]}"];

    public async ValueTask DisposeAsync()
    {
        if (hosts is not null) await hosts.DisposeAsync();
    }

    private async Task<Dictionary<string, AfterSignIn>> Run()
    {
        hosts = await GrantHosts.Start();
        using var browser = new Browser();
        using var starter = new Browser();
        var (victim, its) = await hosts.StartApi();
        var (_, api) = await hosts.StartApi();
        var boxes = (from p in Points.Keys from c in KilledRefreshes.Connectors select (Point: p, Box: new Mailbox(c, $"{p}{c[0]}"))).ToArray();
        var urls = new Dictionary<string, string>();
        foreach (var (point, box) in boxes.Where(b => b.Point != Started))
            urls[box.Name] = await Begin(its, point.StartsWith("confirm", StringComparison.Ordinal) ? starter : browser, point, box);
        var pages = new Dictionary<string, PageView>();
        foreach (var (_, box) in boxes.Where(b => Clicks.Contains(b.Point))) pages[box.Name] = await browser.Open(Back(its, box));
        foreach (var (point, box) in boxes) await Hold(Points[point], box);
        var calls = boxes.Select(b => Answered(b.Point == Started
            ? its.Post("/api/connections", b.Box.Body)
            : pages.TryGetValue(b.Box.Name, out var page) ? browser.Click(Back(its, b.Box), page) : browser.Open(Back(its, b.Box)))).ToArray();
        foreach (var (point, box) in boxes) await Until.Holds(() => IsHeld(Points[point], box), $"{box.Name} is held");

        await victim.Kill();
        Assert.All(await Task.WhenAll(calls), Assert.False);
        await hosts.Vault!.ReleaseAll();
        hosts.Log.ReleaseAll();
        hosts.Provider.ReleaseAll();
        var after = new Dictionary<string, AfterSignIn>();
        foreach (var (_, box) in boxes) after[box.Name] = await Judge(api, browser, box, urls.GetValueOrDefault(box.Name));
        Assert.Empty(hosts.Provider.Reused);
        return after;

        Uri Back(Api api, Mailbox box) => GrantHosts.Back(api, urls[box.Name], box.User);
    }

    // For a reconnect, the connection exists and works.
    private static async Task<string> Begin(Api api, Browser browser, string point, Mailbox box)
    {
        var reconnectsOther = point.StartsWith("otherReconnect", StringComparison.Ordinal);
        if (reconnectsOther || point.StartsWith("reconnect", StringComparison.Ordinal)) await GrantHosts.SignIn(api, browser, box);
        if (!point.StartsWith("reconnect", StringComparison.Ordinal))
        {
            var wanted = reconnectsOther ? new Mailbox(box.Connector, $"{box.Name} too", box.Name) : box;
            return (await browser.Post(api, "/api/connections", wanted.Body, 202)).GetProperty("authorizeUrl").GetString()!;
        }

        return (await browser.Post(api, $"/api/connections/{box.Id}/reconnect", new { }, 200)).GetProperty("authorizeUrl").GetString()!;
    }

    private static async Task<bool> Answered(Task call)
    {
        try
        {
            await call;
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task Hold(string what, Mailbox box)
    {
        if (what == "vault") return hosts!.Vault!.Hold(box.Id);
        if (what is TokenProvider.Exchange or TokenProvider.Me) hosts!.Provider.Hold(what, box.User);
        else hosts!.Log.Add($"{what} {box.Id}");
        return Task.CompletedTask;
    }

    private async Task<bool> IsHeld(string what, Mailbox box) => what switch
    {
        "vault" => await hosts!.Vault!.Holds(box.Id),
        TokenProvider.Exchange or TokenProvider.Me => hosts!.Provider.Holds(what, box.User),
        _ => LogHolds.Reached(hosts!.Servers.Log, $"{what} {box.Id}")
    };

    private async Task<AfterSignIn> Judge(Api api, Browser browser, Mailbox box, string? authorizeUrl)
    {
        var status = (await api.Connection(box.Id)).Is(200)["status"].GetString()!;
        var reloaded = authorizeUrl is null ? null : await browser.Open(GrantHosts.Back(api, authorizeUrl, box.User));
        // Each waiting user tries again: the same confirmation, or the same request with the same name and account.
        if (reloaded?.Html.Contains("<button>", StringComparison.Ordinal) == true)
            Assert.Equal(200, (await browser.Click(new Uri(api.Address, "/api/oauth/callback"), reloaded)).Status);
        else if (status == "authorizing") await GrantHosts.SignIn(api, browser, box);
        var test = (await api.Post($"/api/connections/{box.Id}/test")).Is(200)["outcome"].GetString()!;
        var now = (await api.Connection(box.Id)).Is(200);
        var written = WrittenEvent.All(hosts!.Servers.Log).Where(e => e.Stream == $"connection-default:{box.Id}").Select(e => e.Type);
        return new AfterSignIn(status, reloaded?.Text, test, now.Body, [.. written]);
    }
}

/// <param name="Status">The status in another process after the kill.</param>
/// <param name="Reloaded">The page after a reload in the other process.</param>
/// <param name="Test">The outcome of a final test, after another sign-in if the first did not connect.</param>
/// <param name="Written">The final events of the connection's stream.</param>
internal sealed record AfterSignIn(string Status, string? Reloaded, string Test, JsonElement Now, string[] Written);
