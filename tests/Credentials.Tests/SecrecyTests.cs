using System.Text;
using Connections.Domain;
using Credentials.Tests.Harness;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Credentials.Tests;

public sealed class SecrecyTests : IAsyncDisposable
{
    private const string Workspace = "default";
    private static readonly Guid Mail = Guid.Parse("11111111-1111-4111-8111-111111111111");
    private readonly SqliteStore store = new();
    private readonly CapturedLogs logs = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Destroy_leaves_no_byte_of_the_wrapped_key_or_the_entry_in_any_file()
    {
        await using var host = await Start(TestRing.First);
        await host.Vault.Put(new ConnectionId(Workspace, Mail), "entry", Canary("x"), default);
        await host.Vault.Put(new ConnectionId(Workspace, Guid.NewGuid()), "entry", Canary("y"), default);
        byte[][] traces =
        [
            .. await store.Query<byte[]>($"SELECT wrapped FROM data_keys WHERE name = '{Mail}'"),
            .. await store.Query<byte[]>($"SELECT box FROM vault_entries WHERE connection = '{Mail}'")
        ];
        Assert.Equal(2, traces.Length);
        Assert.All(traces, bytes => Assert.True(store.Holds(bytes)));

        await host.Vault.Destroy(new ConnectionId(Workspace, Mail), default);
        Assert.NotEmpty(store.Files());
        Assert.All(traces, bytes => Assert.False(store.Holds(bytes.AsSpan(0, 16)) || store.Holds(bytes.AsSpan(bytes.Length - 16))));
    }

    [Fact]
    public async Task A_destroyed_month_and_a_replaced_wrapping_leave_no_bytes()
    {
        byte[] month;
        byte[] hash;
        await using (var before = await Start(TestRing.First))
        {
            await before.Seals.Seal(Workspace, "subject", new byte[10], default);
            await before.Hashes.Hash(Workspace, "purpose", new byte[10], default);
            month = Assert.Single(await store.Query<byte[]>("SELECT wrapped FROM data_keys WHERE scope = 'month'"));
            hash = Assert.Single(await store.Query<byte[]>("SELECT wrapped FROM data_keys WHERE scope = 'hash'"));
            Assert.True(store.Holds(month) && store.Holds(hash));
        }

        await using var host = await Start(TestRing.Both);
        await host.Seals.DestroyMonthsBefore(clock.GetUtcNow().AddDays(30), default);
        Assert.False(store.Holds(month.AsSpan(0, 16)) || store.Holds(month.AsSpan(44)));
        await host.Rewrap.Run(default);
        Assert.False(store.Holds(hash.AsSpan(0, 16)) || store.Holds(hash.AsSpan(44)));
    }

    [Fact]
    public async Task A_destroy_blocked_by_a_reader_fails_and_the_next_one_completes_it()
    {
        store.BusyTimeoutMilliseconds = 50;
        await using var host = await Start(TestRing.First);
        await host.Vault.Put(new ConnectionId(Workspace, Mail), "entry", Canary("x"), default);
        var wrapped = Assert.Single(await store.Query<byte[]>("SELECT wrapped FROM data_keys"));
        await using (var reader = await store.Open().Sql.Open(default))
        {
            await using var reading = reader.CreateCommand();
            reading.CommandText = "BEGIN; SELECT entry FROM vault_entries;";
            await using (var rows = await reading.ExecuteReaderAsync())
            {
                Assert.True(await rows.ReadAsync());
                await Assert.ThrowsAsync<TimeoutException>(() => host.Vault.Destroy(new ConnectionId(Workspace, Mail), default));
            }

            reading.CommandText = "ROLLBACK";
            await reading.ExecuteNonQueryAsync();
        }

        Assert.Null(await host.Vault.Get(new ConnectionId(Workspace, Mail), "entry", default));
        await host.Vault.Destroy(new ConnectionId(Workspace, Mail), default);
        Assert.False(store.Holds(wrapped));
    }

    [Fact]
    public async Task No_secret_is_in_a_file_an_exception_or_a_log()
    {
        string[] canaries = ["canary-vault-7f3a", "canary-seal-91bc", "canary-once-c0de", "canary-hash-55aa"];
        var thrown = new List<Exception>();
        await using (var host = await Start(TestRing.First))
        {
            await host.Vault.Put(new ConnectionId(Workspace, Mail), "entry", Canary(canaries[0]), default);
            var text = await host.Seals.Seal(Workspace, "subject", Encoding.UTF8.GetBytes(canaries[1]), default);
            var once = await host.OneTime.Put(Workspace, Canary(canaries[2]), default);
            await host.Hashes.Hash(Workspace, "purpose", Encoding.UTF8.GetBytes(canaries[3]), default);
            Assert.All(canaries, canary => Assert.False(store.Holds(Encoding.UTF8.GetBytes(canary))));

            await host.OneTime.Take(Workspace, once.Reference, Mail, default);
            thrown.Add(await Assert.ThrowsAnyAsync<Exception>(() => host.OneTime.Take(Workspace, once.Reference, Guid.NewGuid(), default)));
            thrown.Add(await Assert.ThrowsAnyAsync<Exception>(() => host.Seals.Open(Workspace, "another", text, default)));
            thrown.Add(await Assert.ThrowsAnyAsync<Exception>(() => host.Seals.Open(Workspace, "subject", canaries[1], default)));
            await store.Execute("UPDATE vault_entries SET box = zeroblob(60)");
            Assert.Null(await host.Vault.Get(new ConnectionId(Workspace, Mail), "entry", default));
            await host.Vault.Destroy(new ConnectionId(Workspace, Mail), default);
            var late = Canary(canaries[0]);
            thrown.Add(await Assert.ThrowsAnyAsync<Exception>(() => host.Vault.Put(new ConnectionId(Workspace, Mail), "entry-2", late, default)));
        }

        await store.Execute("UPDATE data_keys SET wrapped = zeroblob(60) WHERE scope = 'hash'");
        await using (var host = await Start(TestRing.Both)) await host.Rewrap.Run(default);
        Assert.NotEmpty(logs.Lines);
        string[] unspeakable = [.. canaries, TestRing.Text(1), TestRing.Text(2)];
        Assert.All(unspeakable, secret => Assert.DoesNotContain(logs.Lines, line => line.Contains(secret)));
        Assert.All(unspeakable, secret => Assert.DoesNotContain(thrown, e => e.ToString().Contains(secret)));
        Assert.All(canaries, canary => Assert.False(store.Holds(Encoding.UTF8.GetBytes(canary))));
        Assert.False(store.Holds(TestRing.Key(1)) || store.Holds(TestRing.Key(2)));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Task<RunningHost> Start(Dictionary<string, string?> ring) => RunningHost.Start(store, clock, ring, logs: logs);

    private static Secret Canary(string value) => new(Encoding.UTF8.GetBytes($$"""{"password":"{{value}}"}"""));
}
