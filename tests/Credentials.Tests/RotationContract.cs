using Connections.Credentials.Ring;
using Connections.Domain;
using Credentials.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Credentials.Tests;

public abstract class RotationContract(TestStore store) : CredentialsContract(store)
{
    private static readonly Guid Mail = Guid.Parse("11111111-1111-4111-8111-111111111111");

    [Fact]
    public async Task Rewrap_moves_every_data_key_to_the_active_key_and_the_old_one_can_be_removed()
    {
        await Host.Vault.Put(new ConnectionId(Workspace, Mail), "entry", Password("kept"), default);
        var text = await Host.Seals.Seal(Workspace, "subject", Bytes("sealed"), default);
        var hash = await Host.Hashes.Hash(Workspace, "purpose", Bytes("value"), default);

        await Restart(TestRing.Both);
        var report = await Host.Rewrap.Run(default);
        Assert.Equal(3, report.Rewrapped);
        Assert.Empty(report.Remaining);
        Assert.Equal(["k2"], await Store.Query<string>("SELECT DISTINCT ring_key FROM data_keys"));

        await Restart(TestRing.Second);
        Assert.Equal("kept", (await Host.Vault.Get(new ConnectionId(Workspace, Mail), "entry", default))!.Field("password"));
        Assert.Equal(Bytes("sealed"), await Host.Seals.Open(Workspace, "subject", text, default));
        Assert.Equal(hash, await Host.Hashes.Hash(Workspace, "purpose", Bytes("value"), default));
    }

    [Fact]
    public async Task Rewrap_handles_many_batches_and_changes_nothing_the_second_time()
    {
        await Host.Vault.Put(new ConnectionId(Workspace, Mail), "entry", Password("x"), default);
        await Many(450);
        await Restart(TestRing.Both);
        Assert.Equal(451, (await Host.Rewrap.Run(default)).Rewrapped);
        Assert.Equal(0, (await Host.Rewrap.Run(default)).Rewrapped);
    }

    [Fact]
    public async Task Two_hosts_may_rewrap_concurrently()
    {
        await Many(250);
        await Restart(TestRing.Both);
        await using var elsewhere = await RunningHost.Start(Store, Clock, TestRing.Both);
        var reports = await Task.WhenAll(Task.Run(() => Host.Rewrap.Run(default)), Task.Run(() => elsewhere.Rewrap.Run(default)));
        Assert.Equal(250, reports.Sum(report => report.Rewrapped));
        Assert.All(reports, report => Assert.Empty(report.Remaining));
    }

    [Fact]
    public async Task A_key_that_cannot_be_unwrapped_is_left_unchanged_and_reported()
    {
        await Host.Hashes.Hash(Workspace, "purpose", Bytes("value"), default);
        await Host.Hashes.Hash(Other, "purpose", Bytes("value"), default);
        await Store.Execute(
            "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE workspace = 'default') WHERE workspace = 'other'");
        await Restart(TestRing.Both);
        var report = await Host.Rewrap.Run(default);
        Assert.Equal(1, report.Rewrapped);
        Assert.Equal(new Dictionary<string, int> { ["k1"] = 1 }, report.Remaining);
    }

    [Fact]
    public async Task Rewrap_is_refused_while_a_running_host_lacks_the_active_key()
    {
        await Host.Hashes.Hash(Workspace, "purpose", Bytes("value"), default);
        await Host.RingHosts.Announce("Api 1 on a", default);
        await Host.RingHosts.Announce("Api 2 on b", default);
        await using var newer = await RunningHost.Start(Store, Clock, TestRing.Both);
        await newer.RingHosts.Announce("Worker 3 on c", default);
        var refused = await Assert.ThrowsAsync<KeyRingException>(() => newer.Rewrap.Run(default));
        Assert.Contains("without the key \"k2\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains(": Api 1 on a, Api 2 on b.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["k1"], await Store.Query<string>("SELECT DISTINCT ring_key FROM data_keys"));

        await newer.RingHosts.Announce("Api 1 on a", default); // restarted with the new key
        Assert.Equal(["Api 2 on b"], await newer.RingHosts.Lacking(default));
        await Host.RingHosts.Withdraw("Api 2 on b", default);
        Assert.Equal(1, (await newer.Rewrap.Run(default)).Rewrapped);
    }

    [Fact]
    public async Task A_host_that_was_killed_does_not_count_after_a_minute_and_force_does_not_ask()
    {
        await Host.Hashes.Hash(Workspace, "purpose", Bytes("value"), default);
        await Host.RingHosts.Announce("Api 1 on a", default);
        await using var newer = await RunningHost.Start(Store, Clock, TestRing.Both);
        await Store.Execute("UPDATE ring_hosts SET seen_at = seen_at - 50000");
        await Assert.ThrowsAsync<KeyRingException>(() => newer.Rewrap.Run(default));
        Assert.Equal(1, (await newer.Rewrap.Run(default, force: true)).Rewrapped);
        await Store.Execute("UPDATE ring_hosts SET seen_at = seen_at - 10001");
        Assert.Empty(await newer.RingHosts.Lacking(default));
        await newer.Rewrap.Run(default);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(-2_400)]
    [InlineData(2)]
    [InlineData(2_400)]
    public async Task A_running_host_counts_whatever_its_clock_shows(int hoursOff)
    {
        await Host.Hashes.Hash(Workspace, "purpose", Bytes("value"), default);
        await using (var other = await RunningHost.Start(Store, new FakeTimeProvider(Clock.GetUtcNow().AddHours(hoursOff)), TestRing.First))
            await other.RingHosts.Announce("Api 1 on a", default);
        await using var newer = await RunningHost.Start(Store, Clock, TestRing.Both);
        await newer.RingHosts.Announce("Worker 3 on c", default);
        Assert.Equal(["Api 1 on a"], await newer.RingHosts.Lacking(default));
        await newer.RingHosts.Withdraw("Worker 3 on c", default);
        Assert.Equal(["Api 1 on a"], await newer.RingHosts.Lacking(default));
    }

    [Fact]
    public async Task Rewrap_runs_at_start_and_every_day()
    {
        await Restart(TestRing.OldActive);
        await Host.Hashes.Hash(Workspace, "purpose", Bytes("value"), default);
        await Host.RingHosts.Announce("Api 1 on a", default);
        await using var daily = await RunningHost.Start(Store, Clock, TestRing.Both, rewraps: true);
        await Until(async () => (await Store.Query<string>("SELECT ring_key FROM data_keys")).All(key => key == "k2"));
        await Host.Hashes.Hash(Other, "purpose", Bytes("value"), default);
        await Until(async () =>
        {
            Clock.Advance(TimeSpan.FromDays(1));
            return (await Store.Query<string>("SELECT ring_key FROM data_keys")).All(key => key == "k2");
        });
    }

    private async Task Many(int connections)
    {
        var secret = Secret.None;
        for (var i = 0; i < connections; i++) await Host.Vault.Put(new ConnectionId(Workspace, Guid.NewGuid()), "entry", secret, default);
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!await condition()) deadline.Token.ThrowIfCancellationRequested();
    }
}
