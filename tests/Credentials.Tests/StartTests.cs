using Connections.Credentials.Ring;
using Connections.Domain;
using Credentials.Tests.Harness;
using EventSourcing.Sql;
using TestServers;

namespace Credentials.Tests;

public sealed class StartTests : IAsyncDisposable
{
    private readonly SqliteStore store = new();

    [Fact]
    public async Task A_host_that_may_not_create_a_ring_does_not_start_without_one() =>
        Assert.Contains("There is no key ring", (await Refused([])).Message);

    [Fact]
    public async Task A_host_that_may_create_a_ring_does_so_once_and_logs_its_path()
    {
        var path = Path.Combine(store.FolderPath, "key-ring.json");
        var logs = new CapturedLogs();
        await using (var first = await RunningHost.Start(store, TimeProvider.System, [], path, logs)) await Put(first);
        Assert.Contains(logs.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(path));
        await using var second = await RunningHost.Start(store, TimeProvider.System, [], path);
        Assert.NotNull(await second.Vault.Get(new ConnectionId("default", Guid.Empty), "entry", default));
    }

    [Fact]
    public async Task A_configured_ring_takes_precedence_over_a_created_one()
    {
        var path = Path.Combine(store.FolderPath, "key-ring.json");
        await using var host = await RunningHost.Start(store, TimeProvider.System, TestRing.First, path);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_ring_without_a_key_in_use_is_rejected_and_the_key_is_named()
    {
        await using (var first = await Start(TestRing.First)) await Put(first);
        Assert.Contains("lacks keys that still wrap data of this vault: k1", (await Refused(TestRing.Second)).Message);
        await using var again = await Start(TestRing.Both);
        Assert.NotNull(await again.Vault.Get(new ConnectionId("default", Guid.Empty), "entry", default));
    }

    [Fact]
    public async Task A_known_id_with_another_key_is_rejected_even_if_it_wraps_nothing()
    {
        await using (await Start(TestRing.First)) { }
        var refused = await Refused(TestRing.Create("k1", ("k1", 9)));
        Assert.Contains("\"k1\"", refused.Message);
        Assert.Contains("ids must not be reused", refused.Message);
        Assert.DoesNotContain(TestRing.Text(9), refused.ToString());
    }

    [Fact]
    public async Task A_rejected_start_leaves_no_trace_of_its_ring()
    {
        await using (var first = await Start(TestRing.First)) await Put(first);
        await Refused(TestRing.Create("k9", ("k9", 9)));
        await using (await Start(TestRing.Create("k1", ("k1", 1), ("k9", 8)))) { }
        Assert.Equal(["k1", "k9"], await store.Query<string>("SELECT id FROM ring_keys ORDER BY id"));
    }

    [Fact]
    public async Task A_vault_changed_by_a_newer_version_is_rejected()
    {
        await using (await Start(TestRing.First)) { }
        await store.Execute("UPDATE schema_versions SET version = 99, least = 99 WHERE part = 'vault'");
        await Assert.ThrowsAsync<NewerSchemaException>(() => Start(TestRing.First));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Task<RunningHost> Start(Dictionary<string, string?> ring) => RunningHost.Start(store, TimeProvider.System, ring);

    private Task<KeyRingException> Refused(Dictionary<string, string?> ring) => Assert.ThrowsAsync<KeyRingException>(() => Start(ring));

    private static Task Put(RunningHost host) => host.Vault.Put(new ConnectionId("default", Guid.Empty), "entry", Secret.None, default);
}
