using System.Text.Json.Nodes;
using EndToEnd.Tests.Chaos;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Kills;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>Refreshes whose owner is delayed while others continue. All share the same minute of waiting.</summary>
public sealed class LateOwners : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly Lazy<Task<Dictionary<string, string[]>>> all;
    private GrantHosts? hosts;
    private Api api = null!;

    public LateOwners() => all = new(Run);

    /// <summary>The observations of each step, and the final events of the streams.</summary>
    public async Task<string[]> Get(string story) => (await all.Value)[story];

    public async ValueTask DisposeAsync()
    {
        if (hosts is not null) await hosts.DisposeAsync();
    }

    private async Task<Dictionary<string, string[]>> Run()
    {
        hosts = await GrantHosts.Start();
        (_, api) = await hosts.StartApi();
        var stories = new Dictionary<string, Func<Task<string[]>>>
        {
            ["held at the log"] = HeldAtTheLog,
            ["stopped and overtaken by a person"] = Stopped,
            ["deleted"] = Deleted
        };
        var results = await Task.WhenAll(stories.Select(async story => (story.Key, Result: await story.Value())));
        Assert.Empty(hosts.Provider.Reused);
        return results.ToDictionary(t => t.Key, t => t.Result);
    }

    private async Task<string[]> HeldAtTheLog()
    {
        var (box, owner, its, _) = await Begun("late", box => hosts!.Log.Add($"after token-refresh-started {box.TokenStream}"));
        var started = await Until.Seen(
            () => Task.FromResult(WrittenEvent.All(hosts!.Servers.Log).LastOrDefault(e => e.Stream == box.TokenStream)), e => e is not null, "it begins");
        // Of two equal reports, the one that names this entry.
        var word = $"before token-refreshed {JsonNode.Parse(started!.Data)!["entry"]}";
        hosts!.Log.Add(word);
        hosts.Log.Remove($"after token-refresh-started {box.TokenStream}");
        await Until.Holds(() => LogHolds.Reached(hosts.Servers.Log, word), "its append is held");
        await Outcome(box, "ok");
        hosts.Log.ReleaseAll();
        var itsOwn = (await its.Post($"/api/connections/{box.Id}/test")).Is(200)["outcome"].GetString()!; // waits for its own refresh
        return [itsOwn, await Outcome(box, "ok"), $"sent {hosts.Provider.Refreshes(box.User)}", owner.Ended ? "ended" : "runs", .. Written(box)];
    }

    private async Task<string[]> Stopped()
    {
        var (box, owner, its, _) = await Begun("stopped", box => hosts!.Provider.Hold(TokenProvider.Refresh, box.User));
        await Until.Holds(() => hosts!.Provider.Holds(TokenProvider.Refresh, box.User), "the provider gets the request");
        await owner.Pause();
        hosts!.Provider.Release(TokenProvider.Refresh, box.User); // the response is sent, and nobody reads it
        await Outcome(box, "reauthRequired");
        var reason = (await api.Connection(box.Id)).Is(200)["statusReason"].GetString()!;
        using var browser = new Browser();
        await GrantHosts.SignIn(api, browser, box);
        await owner.Resume();
        await Until.Seen(() => its.Post($"/api/connections/{box.Id}/test"), t => t.Status == 200 && t["outcome"].GetString() == "ok", "it goes on", Deadline);
        var version = (await api.Connection(box.Id)).Is(200)["credentialVersion"].GetInt32();
        var reconnected = (await api.HistoryTypes(box.Id)).Count(type => type == "connection-reconnected");
        return [reason, await Outcome(box, "ok"), $"version {version}", $"reconnected {reconnected}"];
    }

    private async Task<string[]> Deleted()
    {
        var (box, _, _, request) = await Begun("deleted", box => hosts!.Provider.Hold(TokenProvider.Refresh, box.User));
        await Until.Holds(() => hosts!.Provider.Holds(TokenProvider.Refresh, box.User), "the provider gets the request");
        (await api.Delete($"/api/connections/{box.Id}")).Is(204);
        hosts!.Provider.Release(TokenProvider.Refresh, box.User);
        await request;
        return await Destroyed(box);
    }

    // In a separate process, which needs a new token.
    private async Task<(Mailbox Box, HostProcess Owner, Api Its, Task<ApiResponse?> Request)> Begun(string name, Action<Mailbox> hold)
    {
        var box = new Mailbox("demo-mail", name);
        var (owner, its) = await hosts!.StartApi();
        using var browser = new Browser();
        await GrantHosts.SignIn(its, browser, box);
        var ended = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1);
        await Until.Holds(() => TimeProvider.System.GetUtcNow() > ended, "the first token has expired");
        hold(box);
        return (box, owner, its, IgnoreDisconnect.Gone(() => its.Post($"/api/connections/{box.Id}/test")));
    }

    private async Task<string> Outcome(Mailbox box, string expected) => (await Until.Seen(
        async () => (await api.Post($"/api/connections/{box.Id}/test")).Is(200)["outcome"].GetString()!, o => o == expected, $"{box.Name} is {expected}", Deadline));

    private async Task<string[]> Destroyed(Mailbox box)
    {
        await Until.Holds(async () => (await api.HistoryTypes(box.Id))[^1] == "connection-secrets-destroyed", $"the secrets of {box.Name} are destroyed", Deadline);
        var kept = await hosts!.Servers.Sql.Sql($"SELECT count(*) FROM vault_entries WHERE connection = '{box.Id}'", hosts!.Servers.Sql.Database);
        var revoked = hosts.Provider.Revoked.Where(t => t.StartsWith($"r.{box.User}.", StringComparison.Ordinal)).ToArray();
        return [$"kept {kept}", $"revoked {revoked.Length}, the newest {revoked.Contains(hosts.Provider.Newest(box.User))}", .. Written(box)];
    }

    private string[] Written(Mailbox box) =>
        [.. WrittenEvent.All(hosts!.Servers.Log).Where(e => e.Stream == box.TokenStream).Select(e => e.Type)];
}
