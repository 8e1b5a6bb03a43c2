using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Chaos;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>
/// Four processes share the tokens of fifty connections. The provider accepts a refresh token once, and revokes the
/// grant when it is used again. ROTATION_SECONDS: the duration (20).
/// </summary>
[Collection(Alone.Name)]
public sealed class RotationTests(ITestOutputHelper output)
{
    private const int Connections = 50;
    private const int Processes = 4;
    private const int AccessTokenSeconds = 10;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan BetweenBursts = TimeSpan.FromMilliseconds(200);
    private static readonly object Mail = new { to = "bob@demo.example", subject = "Hello", text = "It works." };

    private readonly TimeSpan lasts = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("ROTATION_SECONDS") is { Length: > 0 } set ? set : "20", CultureInfo.InvariantCulture));

    [Fact]
    public async Task Each_token_version_costs_one_provider_call_and_no_caller_keeps_a_stale_token()
    {
        await using var provider = await CountedProvider.Start(AccessTokenSeconds);
        await using var hosts = await GrantHosts.Start(provider.Address);
        var workers = Enumerable.Range(0, Processes).Select(_ => hosts.Launch(Deployment.ActivityWorker)).ToArray();
        var (_, api) = await hosts.StartApi();
        await Until.Holds(() => workers.All(w => w.Output.Contains("Bus started", StringComparison.Ordinal)), "every worker consumes", Deadline);
        var people = await SignIn(api);
        var activities = await Load(api, [.. people.Keys]);
        foreach (var activity in activities) await api.Reaches(activity, "succeeded", Deadline);

        var written = WrittenEvent.All(hosts.Servers.Log);
        var tokens = written.Where(e => e.Stream.StartsWith("token-", StringComparison.Ordinal)).ToArray();
        var refreshed = tokens.Where(e => e.Type == "token-refreshed").ToArray();
        var begunBy = written.Where(e => e.Type == "activity-started").CountBy(e => (string)JsonNode.Parse(e.Data)!["worker"]!).ToArray();
        Report($"{activities.Count} activities by {begunBy.Length} processes, {provider.Sent.Count} token calls, {refreshed.Length} token versions, "
            + $"{provider.Unauthorized} calls refused");
        Assert.Equal(Processes, begunBy.Length);
        Assert.Equal(activities.Count, begunBy.Sum(b => b.Value)); // one attempt each
        Assert.InRange(refreshed.Length, Connections, int.MaxValue);
        Assert.Empty(provider.Refusals);
        Assert.All(provider.Sent, sent => Assert.Equal(1, sent.Value));
        Assert.Equal(refreshed.Length, provider.Sent.Count);
        Assert.Equal(refreshed.Length, refreshed.DistinctBy(e => (e.Stream, (int)JsonNode.Parse(e.Data)!["tokenVersion"]!)).Count());
        Assert.Equal(refreshed.Length * 2, tokens.Length); // a start and an end each
        foreach (var user in people.Values) Assert.Equal(1, await provider.LiveTokens(user));
    }

    private static async Task<Dictionary<Guid, string>> SignIn(Api api)
    {
        var people = new Dictionary<Guid, string>();
        foreach (var number in Enumerable.Range(0, Connections))
        {
            using var browser = new Browser();
            var (id, user) = (Guid.NewGuid(), $"person{(char)('a' + (number / 26))}{(char)('a' + (number % 26))}");
            var started = await browser.Post(api, "/api/connections", new { id, connector = "demo-mail", name = user }, 202);
            var page = await browser.Open(await browser.SignIn(started.GetProperty("authorizeUrl").GetString()!, user));
            Assert.True(page.Status == 200, page.Text);
            people.Add(id, user);
        }

        return people;
    }

    // One connection after the other, with one activity per process at the same time.
    private async Task<ConcurrentBag<Guid>> Load(Api api, Guid[] connections)
    {
        var activities = new ConcurrentBag<Guid>();
        var began = Stopwatch.GetTimestamp();
        for (var burst = 0; Stopwatch.GetElapsedTime(began) < lasts || burst < connections.Length; burst++)
        {
            var connection = connections[burst % connections.Length];
            await Task.WhenAll(Enumerable.Range(0, Processes).Select(async _ =>
                activities.Add((await api.Post("/api/activities", new { connectionId = connection, activity = "send-email", input = Mail })).Is(202)["id"].GetGuid())));
            await Task.Delay(BetweenBursts, TimeProvider.System); // keeps the load constant
        }

        return activities;
    }

    private void Report(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }
}
