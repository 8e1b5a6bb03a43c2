using System.Globalization;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests.Kills;

/// <summary>
/// KILL_ROUNDS: the number of kills (2; in the soak 50). KILL_SEED: the seed of an earlier run, to repeat it; the exact timing
/// still varies.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int InARound = 200;
    private const int MoreRounds = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // At the end, the requests of thousands of callers come at once.
    private static readonly Dictionary<string, string> Unlimited = new() { ["Http__RequestsPerSecond"] = "1000000" };

    private readonly int seed = Setting("KILL_SEED") ?? Random.Shared.Next();
    private readonly int rounds = Setting("KILL_ROUNDS") ?? 2;

    [Fact]
    public async Task A_kill_at_any_time_loses_nothing_accepted_and_repeats_nothing()
    {
        Report($"KILL_SEED={seed} KILL_ROUNDS={rounds}");
        var random = new Random(seed);
        using var folder = new DataFolder();
        await using var provider = await FakeProvider.Start();
        var (connections, names) = await Connect(folder, provider, random);
        var sender = new ActivitySender(connections, names, seed);
        var crowd = new Callers(provider, sender, connections, seed);

        // A kill may come before any call has begun. Then there is another one, up to a limit.
        for (var round = 1; round <= rounds || (provider.BrokenOff == 0 && round <= rounds + MoreRounds); round++)
            await Round(folder, random, provider, sender, crowd);

        Snapshot lists;
        await using (var last = await StandaloneProcess.Start(folder.Path, Unlimited))
        {
            await crowd.Finish(last.Api);
            await crowd.Ended(last.Api, Limit);
            await IsRight(last.Api, folder, provider, sender, crowd);
            lists = await Snapshot.Lists(last.Api);
            await last.Stop();
        }

        foreach (var file in Directory.GetFiles(folder.Path, "readmodels.db*")) File.Delete(file);
        await using (var rebuilt = await StandaloneProcess.Start(folder.Path, Unlimited))
            await Until.Seen(async () => lists.Against(await Snapshot.Lists(rebuilt.Api)), d => d == "", "the lists are as they were");
        Assert.True(provider.BrokenOff > 0, "No kill struck while a call was under way.");
    }

    private async Task Round(DataFolder folder, Random random, FakeProvider provider, ActivitySender sender, Callers crowd)
    {
        if (random.Next(3) == 0) await KillWhileItStarts(folder, random);
        await using var service = await StandaloneProcess.Start(folder.Path, Unlimited);
        var before = sender.Accepted.Count;
        var work = crowd.Work(service.Api, before + InARound);
        var enough = before + random.Next(10, InARound);
        await Until.Holds(() => sender.Accepted.Count >= enough || work.IsFaulted, $"{enough} activities are accepted");
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300)), TimeProvider.System); // the timing is part of the test
        await service.Process.Kill();
        await work;
        var accepted = sender.Accepted.Count;
        Report($"killed with {accepted} accepted, {accepted - provider.Known} of them not begun, {sender.Unheard} not answered");
    }

    private static async Task KillWhileItStarts(DataFolder folder, Random random)
    {
        await using var starting = StandaloneProcess.Launch(folder.Path, Unlimited);
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(2_000)), TimeProvider.System); // as above
        await starting.Kill();
    }

    private static async Task<(Guid[] Ids, string[] Names)> Connect(DataFolder folder, FakeProvider provider, Random random)
    {
        await KillWhileItStarts(folder, random);
        var (ids, names) = (new List<Guid>(), new List<string>());
        await using var service = await StandaloneProcess.Start(folder.Path, Unlimited);
        for (var n = 1; n <= 5; n++)
        {
            names.Add($"in use {n}");
            ids.Add(Guid.NewGuid());
            (await service.Api.Post("/api/connections", OwnedConnection.Body(ids[^1], names[^1], provider.Address, $"user-{n}"))).Is(201);
        }

        await service.Stop();
        return ([.. ids], [.. names]);
    }

    private async Task IsRight(Api api, DataFolder folder, FakeProvider provider, ActivitySender sender, Callers crowd)
    {
        // Waits for all effects: secrets are destroyed, rows and totals are written.
        await Until.Holds(
            async () => (await Task.WhenAll(crowd.Owned.Where(o => o.Deleted).Select(o => Snapshot.History(api, o.Id))))
                .All(h => h.Contains("connection-secrets-destroyed")),
            "the secrets of what was deleted are destroyed");
        var reader = new DatabaseReader(folder.Path);
        await Until.Holds(() => Open(reader.Ledger()) == 0 && reader.Ledger()["accepted"] >= sender.Accepted.Count, "the ledger balances");

        var now = await crowd.ById(api);
        var responses = now.Activities.ToDictionary(a => Guid.Parse(a.Key), a => JsonNode.Parse(a.Value)!);
        var statuses = responses.CountBy(t => (string)t.Value["status"]!).ToDictionary();
        Report($"accepted {sender.Accepted.Count}, {string.Join(", ", statuses.Select(s => $"{s.Key} {s.Value}"))}");
        Assert.Empty(sender.Accepted.Values.Select(s => s.Fault(responses[s.Id], provider.Done(s.Id))).OfType<string>());
        Assert.DoesNotContain(sender.Refused, r => provider.Done(r.Id) > 0);

        var ends = reader.EndsByActivity();
        Assert.Equal(sender.Accepted.Keys.Order(), ends.Keys.Order());
        Assert.All(ends.Values, count => Assert.Equal(1, count));
        var ledger = reader.Ledger();
        Assert.Equal(sender.Accepted.Count, ledger["accepted"]);
        foreach (var (status, count) in statuses) Assert.Equal(count, ledger[status]);

        await crowd.IsAsSaid(api);
        HeldByOne(now);
        await Until.Seen(async () => now.Against(await Snapshot.Lists(api)), d => d == "", "the lists agree with the reads by id");
    }

    private static long Open(Dictionary<string, long> ledger) =>
        ledger["accepted"] - ledger.Where(e => e.Key != "accepted").Sum(e => e.Value);

    private static void HeldByOne(Snapshot now)
    {
        var live = now.Connections.Values.Select(c => JsonNode.Parse(c)!).Where(c => (string)c["status"]! != "deleted").ToList();
        Assert.NotEmpty(live);
        Assert.Equal(live.Count, live.Select(c => ((string)c["name"]!).ToUpperInvariant()).Distinct().Count());
        Assert.Equal(live.Count, live.Select(c => (string)c["account"]!["display"]!).Distinct().Count());
    }

    private void Report(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : null;
}
