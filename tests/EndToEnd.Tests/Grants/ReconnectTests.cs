using EndToEnd.Tests.Chaos;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>
/// A connection test repairs a sign-in with renewed tokens, at a provider that revokes a grant when a refresh token is used twice.
/// </summary>
[Collection(WorkingHosts.Name)]
public sealed class ReconnectTests
{
    private const string User = "ada";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_repaired_connection_continues_with_the_newest_tokens()
    {
        await using var provider = await CountedProvider.Start(accessTokenSeconds: 3);
        await using var hosts = await GrantHosts.Start(provider.Address);
        var worker = hosts.Launch(Deployment.ActivityWorker);
        var (_, api) = await hosts.StartApi();
        await Until.Holds(() => worker.Output.Contains("Bus started", StringComparison.Ordinal), "the worker listens", Deadline);
        using var browser = new Browser();
        var id = Guid.NewGuid();
        var started = await browser.Post(api, "/api/connections", new { id, connector = "demo-mail", name = "Mail" }, 202);
        await browser.Open(await browser.SignIn(started.GetProperty("authorizeUrl").GetString()!, User));
        await Renewed(api, provider, id, times: 2);

        await using var sender = new BusSender(hosts.Servers.Bus);
        Assert.True(await sender.Send(
            "require-reauth", new { workspace = "default", connectionId = id, credentialVersion = 1, reason = "A worker elsewhere was refused." }));
        await Until.Seen(() => api.Connection(id), c => c["status"].GetString() == "reauthRequired", "the connection needs a reconnect", Deadline);
        Assert.Equal("ok", (await api.Post($"/api/connections/{id}/test")).Is(200)["outcome"].GetString());
        var repaired = await Until.Seen(() => api.Connection(id), c => c["status"].GetString() == "connected", "the test repairs it", Deadline);
        Assert.Equal(2, repaired["credentialVersion"].GetInt32());

        await Renewed(api, provider, id, times: 2);
        Assert.Empty(provider.Refusals);
        Assert.All(provider.Sent, sent => Assert.Equal(1, sent.Value));
        Assert.Equal(1, await provider.LiveTokens(User));
    }

    // Runs activities one after the other until the tokens have expired this often.
    private static async Task Renewed(Api api, CountedProvider provider, Guid connection, int times)
    {
        var before = provider.Sent.Count;
        await Until.Holds(
            async () =>
            {
                var mail = new { to = "bob@demo.example", subject = "Hello", text = "It works." };
                var response = (await api.Post("/api/activities", new { connectionId = connection, activity = "send-email", input = mail })).Is(202);
                await api.Reaches(response["id"].GetGuid(), "succeeded", Deadline);
                return provider.Sent.Count >= before + times;
            },
            "tokens are renewed",
            Deadline);
    }
}
