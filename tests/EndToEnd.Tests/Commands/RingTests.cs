using System.Text.Json;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;

namespace EndToEnd.Tests.Commands;

/// <summary>After a rotation the old key is not needed any more, and all secrets are readable.</summary>
[Collection(WorkingHosts.Name)]
public sealed class RingTests(WorkingDeployment common)
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task Standalone_creates_a_key_and_works_without_the_old_one()
    {
        using var folder = new DataFolder();
        await using var provider = await FakeProvider.Start();
        var connection = Guid.NewGuid();
        await using (var before = await StandaloneProcess.Start(folder.Path))
        {
            (await before.Api.Post("/api/connections", OwnedConnection.Body(connection, "Shop", provider.Address, "user"))).Is(201);
            await before.Stop();
        }

        // As processes: a command that rotates the ring keeps the folder until its process ends.
        var (code, output) = await CommandRun.AsProcess("Standalone", Nothing, "ring", "rotate", "--data", folder.Path);
        Assert.True(code == 0, output);
        Assert.Contains("wraps no data keys any more", output, StringComparison.Ordinal);
        Assert.DoesNotContain("0 data keys wrapped again", output, StringComparison.Ordinal);
        var again = await CommandRun.AsProcess("Standalone", Nothing, "ring", "rotate", "--data", folder.Path);
        Assert.Equal(0, again.Code);
        Assert.Contains("no new key is created", again.Output, StringComparison.Ordinal);

        await RemoveOldKeys(Path.Combine(folder.Path, "key-ring.json"), output);
        await using var after = await StandaloneProcess.Start(folder.Path);
        await Works(after.Api, connection, provider);
    }

    [Fact]
    public async Task A_deployment_rotates_step_by_step_while_its_hosts_run()
    {
        await using var servers = await Servers.Share();
        await using var provider = await FakeProvider.Start();
        using var folder = new DataFolder();
        var (file, connection) = (Path.Combine(folder.Path, "ring-k2"), Guid.NewGuid());
        var both = new Dictionary<string, string>(servers.Settings) { ["Vault__Keys__k2__File"] = file };
        var rotated = new Dictionary<string, string>(both) { ["Vault__ActiveKey"] = "k2" };
        var alone = new Dictionary<string, string>(rotated);
        alone.Remove("Vault__Keys__k1__File");

        var made = await CommandRun.Well(servers.Settings, "ring", "rotate", "--key-file", file);
        Assert.Contains("To rotate it:", made, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var key = await File.ReadAllTextAsync(file);
        var unchanged = await CommandRun.Well(servers.Settings, "ring", "rotate", "--key-file", file);
        Assert.Contains("was not changed", unchanged, StringComparison.Ordinal);
        Assert.Equal(key, await File.ReadAllTextAsync(file));

        await using (var hosts = await Deployment.Start(both, 1, 1, 1))
        {
            using var api = await hosts.ApiClient(hosts.ApiProcesses[0]);
            (await api.Post("/api/connections", OwnedConnection.Body(connection, "Shop", provider.Address, "user"))).Is(201);
            var early = await CommandRun.By("Connections.Api", alone, "ring", "rotate");
            Assert.Equal(1, early.Code);
            Assert.Contains("The ring lacks keys that still wrap data of this vault: k1", early.Output, StringComparison.Ordinal);

            // One host after the other: hosts with the old active key can read what the first one wraps.
            var active = new Dictionary<string, string> { ["Vault__ActiveKey"] = "k2" };
            await Replace(hosts, hosts.ApiProcesses[0], "Connections.Api", active);
            using var newer = await hosts.ApiClient(hosts.ApiProcesses[1]);
            var second = Guid.NewGuid();
            (await newer.Post("/api/connections", OwnedConnection.Body(second, "Second", provider.Address, "second"))).Is(201);
            await Works(newer, second, provider);
            await Replace(hosts, hosts.ConnectionWorkers[0], Deployment.ConnectionWorker, active);
            await Works(newer, connection, provider);
            await Replace(hosts, hosts.ActivityWorkers[0], Deployment.ActivityWorker, active);
            await Works(newer, second, provider);

            var output = await CommandRun.Well(rotated, "ring", "rotate");
            Assert.Contains("\"k1\" wraps no data keys any more", output, StringComparison.Ordinal);
            Assert.DoesNotContain(key.Trim(), output, StringComparison.Ordinal);
            await Works(newer, connection, provider);
            await CommandRun.Well(rotated, "ring", "rotate");
        }

        await using var after = await Deployment.Start(alone, 1, 1, 1);
        using var client = await after.ApiClient(after.ApiProcesses[0]);
        await Works(client, connection, provider);
    }

    [Fact]
    public async Task A_rotation_is_refused_while_hosts_lack_the_new_key_and_names_them()
    {
        await common.Ready;
        var servers = common.Servers;
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "ring-k2");
        await CommandRun.Well(servers.Settings, "ring", "rotate", "--key-file", file);
        var rotated = new Dictionary<string, string>(servers.Settings) { ["Vault__Keys__k2__File"] = file, ["Vault__ActiveKey"] = "k2" };
        var (code, output) = await CommandRun.By("Connections.Api", rotated, "ring", "rotate");
        Assert.Equal(1, code);
        Assert.Contains("run without the key \"k2\"", output, StringComparison.Ordinal);
        foreach (var host in new[] { "Activities.Worker", "Connections.Api", "Connections.Worker" })
            Assert.Contains($"{host} ", output, StringComparison.Ordinal);
        Assert.Contains("--force", output, StringComparison.Ordinal);
    }

    private static async Task Replace(Deployment hosts, HostProcess old, string host, Dictionary<string, string> changed)
    {
        hosts.Launch(host, changed);
        await hosts.Listen();
        Assert.Equal(0, await old.Stop());
    }

    private static async Task Works(Api api, Guid connection, FakeProvider provider)
    {
        var id = Guid.NewGuid();
        (await api.Post("/api/activities", new
        {
            id,
            connectionId = connection,
            activity = "request",
            input = new { method = "POST", path = $"/{ProviderBehaviour.Quick}/{id}" }
        })).Is(202);
        await api.Reaches(id, "succeeded", TimeSpan.FromSeconds(120));
        Assert.Equal(1, provider.Done(id));
    }

    private static async Task RemoveOldKeys(string path, string output)
    {
        var vault = JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement.GetProperty("Vault");
        var active = vault.GetProperty("ActiveKey").GetString()!;
        var old = vault.GetProperty("Keys").EnumerateObject().Select(k => k.Name).Where(k => k != active).ToList();
        Assert.Single(old);
        Assert.Contains($"\"{old[0]}\" wraps no data keys", output, StringComparison.Ordinal);
        var keys = new Dictionary<string, string> { [active] = vault.GetProperty("Keys").GetProperty(active).GetString()! };
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { Vault = new { ActiveKey = active, Keys = keys } }));
    }
}
