using Credentials.Tests.Harness;

namespace Credentials.Tests;

public abstract class KeyedHashContract(TestStore store) : CredentialsContract(store)
{
    [Fact]
    public async Task Equal_values_have_equal_hashes_after_any_time_restart_and_rotation()
    {
        var hash = await Hash(Workspace, "account", "ada@example.org");
        Assert.Matches("^[0-9a-f]{64}$", hash);
        Clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(hash, await Hash(Workspace, "account", "ada@example.org"));
        await Restart(TestRing.Both);
        await Host.Rewrap.Run(default);
        await Restart(TestRing.Second);
        Assert.Equal(hash, await Hash(Workspace, "account", "ada@example.org"));
    }

    [Fact]
    public async Task Workspace_purpose_and_value_all_count()
    {
        string[] hashes =
        [
            await Hash(Workspace, "account", "ada"),
            await Hash(Other, "account", "ada"),
            await Hash(Workspace, "input", "ada"),
            await Hash(Workspace, "account", "bob"),
            await Hash(Workspace, "accounta", "da"),
            await Hash(Workspace, "", "accountada")
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public async Task Concurrent_first_uses_agree_on_one_key()
    {
        await using var elsewhere = await RunningHost.Start(Store, Clock, TestRing.First);
        var hashes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Host : elsewhere).Hashes.Hash(Workspace, "account", Bytes("ada"), default))));
        Assert.Single(hashes.Distinct());
    }

    private Task<string> Hash(string workspace, string purpose, string value) => Host.Hashes.Hash(workspace, purpose, Bytes(value), default);
}
