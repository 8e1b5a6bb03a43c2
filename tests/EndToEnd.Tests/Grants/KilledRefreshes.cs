using EndToEnd.Tests.Chaos;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Kills;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>
/// Kills a process with many refreshes, each held at another point, and records how another process continues each. A refresh is
/// taken over after a minute, which all share.
/// </summary>
public sealed class KilledRefreshes : IAsyncDisposable
{
    public static readonly string[] Points = ["started", "asked", "answered", "kept", "refreshed"];
    public static readonly string[] Connectors = ["demo-mail", "steady-mail"];

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly Lazy<Task<Dictionary<string, AfterKill>>> all;
    private GrantHosts? hosts;

    public KilledRefreshes() => all = new(Run);

    /// <summary>The result of the refresh that was held there.</summary>
    internal async Task<AfterKill> At(string point, string connector) => (await all.Value)[$"{point}{connector[0]}"];

    public async ValueTask DisposeAsync()
    {
        if (hosts is not null) await hosts.DisposeAsync();
    }

    private async Task<Dictionary<string, AfterKill>> Run()
    {
        hosts = await GrantHosts.Start();
        using var browser = new Browser();
        var (victim, its) = await hosts.StartApi();
        var (_, api) = await hosts.StartApi();
        var boxes = Points.SelectMany(p => Connectors.Select(c => (Point: p, Box: new Mailbox(c, $"{p}{c[0]}")))).ToArray();
        foreach (var (_, box) in boxes) await GrantHosts.SignIn(its, browser, box);
        var ended = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1);
        await Until.Holds(() => TimeProvider.System.GetUtcNow() > ended, "the first tokens have expired");
        foreach (var (point, box) in boxes) await Hold(point, box);
        var requests = boxes.Select(b => IgnoreDisconnect.Gone(() => its.Post($"/api/connections/{b.Box.Id}/test"))).ToArray();
        foreach (var (point, box) in boxes) await Until.Holds(() => IsHeld(point, box), $"{box.Name} is held");

        await victim.Kill();
        Assert.All(await Task.WhenAll(requests), Assert.Null);
        await hosts.Vault!.ReleaseAll();
        hosts.Log.ReleaseAll();
        hosts.Provider.ReleaseAll();
        var after = await Task.WhenAll(boxes.Select(b => Judge(api, browser, b.Box)));
        Assert.Empty(hosts.Provider.Reused);
        return after.ToDictionary(a => a.Box.Name);
    }

    private Task Hold(string point, Mailbox box)
    {
        if (point == "answered") return hosts!.Vault!.Hold(box.Id);
        if (point == "asked") hosts!.Provider.Hold(TokenProvider.Refresh, box.User);
        else hosts!.Log.Add(Line(point, box));
        return Task.CompletedTask;
    }

    private async Task<bool> IsHeld(string point, Mailbox box) => point switch
    {
        "asked" => hosts!.Provider.Holds(TokenProvider.Refresh, box.User),
        "answered" => await hosts!.Vault!.Holds(box.Id),
        _ => LogHolds.Reached(hosts!.Servers.Log, Line(point, box))
    };

    private static string Line(string point, Mailbox box) => point switch
    {
        "started" => $"after token-refresh-started {box.TokenStream}",
        "kept" => $"before token-refreshed {box.TokenStream}",
        _ => $"after token-refreshed {box.TokenStream}"
    };

    private async Task<AfterKill> Judge(Api api, Browser browser, Mailbox box)
    {
        var seen = await Until.Seen(
            async () => (Test: (await api.Post($"/api/connections/{box.Id}/test")).Is(200), Now: (await api.Connection(box.Id)).Is(200)),
            s => s.Test["outcome"].GetString() == "ok" || s.Now["status"].GetString() == "reauthRequired",
            $"{box.Name} works or needs its person",
            Deadline);
        var sent = hosts!.Provider.Refreshes(box.User);
        var works = (seen.Test["outcome"].GetString(), seen.Now["status"].GetString()) == ("ok", "connected");
        var reason = works ? null : seen.Now["statusReason"].GetString();
        if (!works) await GrantHosts.SignIn(api, browser, box);
        var last = (await api.Post($"/api/connections/{box.Id}/test")).Is(200)["outcome"].GetString();
        var written = WrittenEvent.All(hosts.Servers.Log).Where(e => e.Stream == box.TokenStream).Select(e => e.Type);
        return new AfterKill(box, works, reason, sent, last, [.. written]);
    }
}

/// <param name="Reason">The reason of the status.</param>
/// <param name="Sent">The number of refresh calls to the provider until then.</param>
/// <param name="Last">The outcome of a final test, after another sign-in if needed.</param>
/// <param name="Written">The final events of the token stream.</param>
internal sealed record AfterKill(Mailbox Box, bool Works, string? Reason, int Sent, string? Last, string[] Written);
