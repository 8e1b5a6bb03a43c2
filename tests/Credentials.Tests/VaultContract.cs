using System.Security.Cryptography;
using System.Text.Json;
using Connections.Credentials.Keys;
using Connections.Credentials.Vault;
using Connections.Domain;
using Credentials.Tests.Harness;
using TestServers;

namespace Credentials.Tests;

public abstract class VaultContract(TestStore store) : CredentialsContract(store)
{
    private const string Entry = "entry-1";
    private static readonly Guid Mail = Guid.Parse("11111111-1111-4111-8111-111111111111");
    private static readonly Guid Drive = Guid.Parse("22222222-2222-4222-8222-222222222222");

    [Fact]
    public async Task A_stored_secret_is_returned()
    {
        await Put("open sesame");
        Assert.Equal("open sesame", await Got());
    }

    [Fact]
    public async Task An_existing_entry_is_not_changed()
    {
        await Put("first");
        await Put("second");
        Assert.Equal("first", await Got());
    }

    [Fact]
    public async Task An_unknown_entry_is_null()
    {
        await Put("x");
        Assert.Null(await Host.Vault.Get(new ConnectionId(Workspace, Mail), "entry-2", default));
        Assert.Null(await Host.Vault.Get(new ConnectionId(Workspace, Drive), Entry, default));
        Assert.Null(await Host.Vault.Get(new ConnectionId(Other, Mail), Entry, default));
    }

    [Theory]
    [InlineData("""{"host":"a.test","port":5432,"options":{"x":[1,true,null],"y":"ü"}}""")]
    [InlineData("""{"options":{"y":"\u00fc","x":[1.0,true,null]},"port":5432,"host":"a.test"}""")]
    [InlineData("""{ "port": 5.432e3, "host": "a\u002etest", "options": { "x": [ 1e0, true, null ], "y": "ü" } }""")]
    public async Task Bound_credentials_open_for_the_same_settings_in_any_form(string settings)
    {
        await PutBound();
        Assert.Equal("open sesame", (await GetBound("postgres", settings))?.Field("password"));
    }

    [Theory]
    [InlineData("postgres", """{"host":"b.test","port":5432,"options":{"x":[1,true,null],"y":"ü"}}""")]
    [InlineData("postgres", """{"host":"a.test","port":5433,"options":{"x":[1,true,null],"y":"ü"}}""")]
    [InlineData("postgres", """{"host":"a.test","port":"5432","options":{"x":[1,true,null],"y":"ü"}}""")]
    [InlineData("postgres", """{"host":"a.test","port":5432,"options":{"x":[true,1,null],"y":"ü"}}""")]
    [InlineData("postgres", """{"host":"a.test","port":5432,"options":{"x":[1,true,null],"y":"ü","z":0}}""")]
    [InlineData("postgres", """{"host":"a.test","port":5432}""")]
    [InlineData("postgres", "{}")]
    [InlineData("mysql", """{"host":"a.test","port":5432,"options":{"x":[1,true,null],"y":"ü"}}""")]
    public async Task Bound_credentials_do_not_open_for_other_settings(string connector, string settings)
    {
        await PutBound();
        Assert.Null(await GetBound(connector, settings));
    }

    [Fact]
    public async Task Tokens_are_not_bound()
    {
        await Put("open sesame");
        Assert.Equal("open sesame", (await GetBound("gmail", "{}"))?.Field("password"));
        Assert.Null(await Host.Vault.GetBound(new ConnectionId(Workspace, Mail), "entry-2", "gmail", default, default));
    }

    [Theory]
    [InlineData("entry = 'entry-2'")]
    [InlineData("connection = '22222222-2222-4222-8222-222222222222'")]
    [InlineData("workspace = 'other'")]
    public async Task A_box_moved_to_another_place_does_not_open(string place)
    {
        await Put("of the mail");
        await Host.Vault.Put(new ConnectionId(Workspace, Mail), "entry-2", Password("second"), default);
        await Host.Vault.Put(new ConnectionId(Workspace, Drive), Entry, Password("of the drive"), default);
        await Host.Vault.Put(new ConnectionId(Other, Mail), Entry, Password("of another workspace"), default);
        await Store.Execute(
            $"""
            UPDATE vault_entries SET box =
                (SELECT box FROM vault_entries WHERE workspace = 'default' AND entry = 'entry-1' AND connection = @Mail)
            WHERE {place}
            """,
            new { Mail = Mail.ToString() });
        string?[] got =
        [
            (await Host.Vault.Get(new ConnectionId(Workspace, Mail), "entry-2", default))?.Field("password"),
            (await Host.Vault.Get(new ConnectionId(Workspace, Drive), Entry, default))?.Field("password"),
            (await Host.Vault.Get(new ConnectionId(Other, Mail), Entry, default))?.Field("password")
        ];
        string[] were = ["second", "of the drive", "of another workspace"];
        Assert.Single(got, secret => secret is null);
        Assert.Equal(2, got.Intersect(were).Count());
        Assert.Equal("of the mail", await Got());
    }

    [Theory]
    [InlineData("name", "22222222-2222-4222-8222-222222222222")]
    [InlineData("workspace", "other")]
    public async Task A_wrapped_key_moved_with_its_box_does_not_open(string column, string place)
    {
        await Put("of the mail");
        await Store.Execute($"UPDATE data_keys SET {column} = @place", new { place });
        await Store.Execute($"UPDATE vault_entries SET {(column == "name" ? "connection" : column)} = @place", new { place });
        await Restart(TestRing.First);
        Assert.Null(await Host.Vault.Get(
            new ConnectionId(column == "workspace" ? place : Workspace, column == "name" ? Guid.Parse(place) : Mail), Entry, default));
    }

    [Theory]
    [InlineData("UPDATE data_keys SET wrapped = @Other")]
    [InlineData("UPDATE data_keys SET wrapped = substr(wrapped, 1, 5)")]
    [InlineData("UPDATE vault_entries SET box = @Other")]
    [InlineData("UPDATE vault_entries SET box = substr(box, 1, 5)")]
    [InlineData("DELETE FROM data_keys")]
    public async Task An_entry_that_does_not_open_is_reported_and_new_credentials_can_be_stored(string change)
    {
        await Put("old");
        await Store.Execute(change, new { Other = RandomNumberGenerator.GetBytes(60) });
        using var logs = new CapturedLogs();
        await using var host = await RunningHost.Start(Store, Clock, TestRing.First, logs: logs);
        Assert.Null(await host.Vault.Get(new ConnectionId(Workspace, Mail), Entry, default));
        var error = $"Error The vault entry {Entry} of connection {Mail} of {Workspace} does not open";
        Assert.Single(logs.Lines, line => line.StartsWith(error, StringComparison.Ordinal));

        await host.Vault.Put(new ConnectionId(Workspace, Mail), "entry-2", Password("new"), default);
        await Restart(TestRing.First);
        Assert.Equal("new", (await Host.Vault.Get(new ConnectionId(Workspace, Mail), "entry-2", default))!.Field("password"));
        await Host.Vault.Destroy(new ConnectionId(Workspace, Mail), default);
        await Assert.ThrowsAsync<VaultDestroyedException>(() => Put("late"));
    }

    [Fact]
    public async Task Hosts_agree_on_the_data_key_in_the_place_of_one_that_does_not_open()
    {
        await Put("old");
        await Store.Execute("UPDATE data_keys SET wrapped = @Other", new { Other = RandomNumberGenerator.GetBytes(60) });
        await Restart(TestRing.First);
        await using var elsewhere = await RunningHost.Start(Store, Clock, TestRing.First);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Host : elsewhere).Vault.Put(new ConnectionId(Workspace, Mail), $"new-{i}", Password($"{i}"), default))));
        await Restart(TestRing.First);
        for (var i = 0; i < 16; i++)
            Assert.Equal($"{i}", (await Host.Vault.Get(new ConnectionId(Workspace, Mail), $"new-{i}", default))!.Field("password"));
    }

    [Fact]
    public async Task Nothing_can_be_read_or_stored_after_a_destroy()
    {
        await Put("x");
        await Host.Vault.Put(new ConnectionId(Workspace, Drive), Entry, Password("of the drive"), default);
        await Host.Vault.Destroy(new ConnectionId(Workspace, Mail), default);
        await Host.Vault.Destroy(new ConnectionId(Workspace, Mail), default);
        Assert.Null(await Got());
        await Assert.ThrowsAsync<VaultDestroyedException>(() => Put("y"));
        Assert.Equal("of the drive", (await Host.Vault.Get(new ConnectionId(Workspace, Drive), Entry, default))!.Field("password"));
        Assert.Empty(await Store.Query<string>($"SELECT entry FROM vault_entries WHERE connection = '{Mail}'"));
    }

    [Fact]
    public async Task A_connection_that_never_had_a_secret_can_be_destroyed()
    {
        await Host.Vault.Destroy(new ConnectionId(Workspace, Mail), default);
        await Assert.ThrowsAsync<VaultDestroyedException>(() => Put("late"));
        Assert.Null(await Got());
    }

    [Fact]
    public async Task A_put_with_a_cached_key_fails_after_a_destroy_by_another_host()
    {
        await Put("x");
        await using var elsewhere = await RunningHost.Start(Store, Clock, TestRing.First);
        await elsewhere.Vault.Destroy(new ConnectionId(Workspace, Mail), default);
        await Assert.ThrowsAsync<VaultDestroyedException>(() => Host.Vault.Put(new ConnectionId(Workspace, Mail), "entry-2", Password("y"), default));
        Assert.Null(await Got());
    }

    [Fact]
    public async Task The_sweep_pages_past_live_entries_oldest_first()
    {
        var start = Clock.GetUtcNow();
        for (var i = 0; i < 5; i++)
        {
            await Host.Vault.Put(new ConnectionId(Workspace, Mail), $"entry-{i}", Password("x"), default);
            Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var first = await Host.Vault.PutBefore(start.AddMinutes(4), null, 3, default);
        var second = await Host.Vault.PutBefore(start.AddMinutes(4), first[^1], 3, default);
        Assert.Equal(["entry-0", "entry-1", "entry-2"], first.Select(entry => entry.Entry));
        Assert.Equal(new VaultEntry(new ConnectionId(Workspace, Mail), "entry-3", start.AddMinutes(3)), Assert.Single(second));

        await Host.Vault.Remove(first[1], default);
        Assert.Null(await Host.Vault.Get(new ConnectionId(Workspace, Mail), "entry-1", default));
        Assert.NotNull(await Host.Vault.Get(new ConnectionId(Workspace, Mail), "entry-2", default));

        await Host.Vault.Remove(new ConnectionId(Workspace, Mail), "entry-2", default);
        await Host.Vault.Remove(new ConnectionId("another", Mail), "entry-0", default);
        Assert.Null(await Host.Vault.Get(new ConnectionId(Workspace, Mail), "entry-2", default));
        Assert.NotNull(await Host.Vault.Get(new ConnectionId(Workspace, Mail), "entry-0", default));
    }

    [Fact]
    public async Task Concurrent_first_puts_agree_on_one_data_key()
    {
        await using var elsewhere = await RunningHost.Start(Store, Clock, TestRing.First);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Host : elsewhere).Vault.Put(new ConnectionId(Workspace, Mail), $"entry-{i}", Password($"{i}"), default))));
        Assert.Single(await Store.Query<string>("SELECT name FROM data_keys"));
        await Restart(TestRing.First);
        for (var i = 0; i < 16; i++) Assert.Equal($"{i}", (await Host.Vault.Get(new ConnectionId(Workspace, Mail), $"entry-{i}", default))!.Field("password"));
    }

    [Fact]
    public async Task Concurrent_puts_and_a_destroy_leave_nothing_behind()
    {
        await using var elsewhere = await RunningHost.Start(Store, Clock, TestRing.First);
        for (var round = 0; round < 15; round++)
        {
            var (connection, exists) = (Guid.NewGuid(), round % 2 == 0);
            if (exists) await Host.Vault.Put(new ConnectionId(Workspace, connection), "before", Password("x"), default);
            await Task.WhenAll([
                .. Enumerable.Range(0, 4).Select(i => Task.Run(() => TryPut(i % 2 == 0 ? Host : elsewhere, connection, $"entry-{i}"))),
                Task.Run(() => elsewhere.Vault.Destroy(new ConnectionId(Workspace, connection), default))
            ]);
            Assert.Empty(await Store.Query<string>($"SELECT entry FROM vault_entries WHERE connection = '{connection}'"));
            Assert.Empty(await Store.Query<string>($"SELECT name FROM data_keys WHERE name = '{connection}' AND wrapped IS NOT NULL"));
        }
    }

    [Fact]
    public async Task No_two_boxes_share_a_nonce()
    {
        for (var i = 0; i < 64; i++) await Host.Vault.Put(new ConnectionId(Workspace, Mail), $"entry-{i}", Password("the same"), default);
        var boxes = await Store.Query<byte[]>("SELECT box FROM vault_entries");
        Assert.Equal(64, boxes.Select(box => Convert.ToHexString(box.AsSpan(0, 12))).Distinct().Count());
    }

    [Fact]
    public async Task A_restart_with_the_same_ring_reads_everything()
    {
        await Put("kept");
        await Restart(TestRing.First);
        Assert.Equal("kept", await Got());
    }

    [Fact]
    public async Task A_data_key_stays_in_memory_for_a_few_minutes()
    {
        await Put("x");
        await Store.Execute("DELETE FROM data_keys");
        Assert.Equal("x", await Got());
        Clock.Advance(KeyCache.Life);
        Assert.Null(await Got());
    }

    private Task PutBound() => Host.Vault.PutBound(
        new ConnectionId(Workspace, Mail), Entry, Password("open sesame"), "postgres",
        JsonSerializer.Deserialize<JsonElement>("""{"host":"a.test","port":5432,"options":{"x":[1,true,null],"y":"ü"}}"""), default);

    private Task<Secret?> GetBound(string connector, string settings) => Host.Vault.GetBound(
        new ConnectionId(Workspace, Mail), Entry, connector, JsonSerializer.Deserialize<JsonElement>(settings), default);

    private Task Put(string password) => Host.Vault.Put(new ConnectionId(Workspace, Mail), Entry, Password(password), default);

    private static async Task TryPut(RunningHost host, Guid connection, string entry)
    {
        try
        {
            await host.Vault.Put(new ConnectionId(Workspace, connection), entry, Password("x"), default);
        }
        catch (VaultDestroyedException)
        {
            // The put came after the destroy.
        }
    }

    private async Task<string?> Got() => (await Host.Vault.Get(new ConnectionId(Workspace, Mail), Entry, default))?.Field("password");
}
