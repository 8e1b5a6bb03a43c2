using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Commands;

/// <summary>Operator commands beside running hosts.</summary>
[Collection(WorkingHosts.Name)]
public sealed class OperatorTests(WorkingDeployment common) : IAsyncLifetime
{
    private Servers servers = null!;
    private FakeProvider provider = null!;

    public async ValueTask InitializeAsync() => provider = await FakeProvider.Start();

    public async ValueTask DisposeAsync()
    {
        if (provider is not null) await provider.DisposeAsync();
        if (servers is not null) await servers.DisposeAsync();
    }

    [Fact]
    public async Task Migrate_creates_every_table_of_the_hosts_and_reports_it()
    {
        await common.Ready;
        Assert.Contains("vault: from version 0 to 2", common.Migrations.First, StringComparison.Ordinal);
        Assert.Contains("nothing to do", common.Migrations.Second, StringComparison.Ordinal);
        await common.Work.Goes(3);
        Assert.Equal(common.MigratedVersions, await common.Versions());
        Assert.NotEmpty(common.MigratedVersions);
    }

    [Fact]
    public async Task A_key_created_on_the_machine_is_an_operators_key()
    {
        await common.Ready;
        var output = await CommandRun.Well(common.Servers.Settings, "keys", "create", "--operator");
        var key = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Single(line => !line.Contains(' ', StringComparison.Ordinal));
        using var api = new Api(Deployment.Address(common.Hosts.ApiProcesses[0])!, key);
        using var other = new Api(api.Address, $"{key}x");
        (await api.Post("/api/keys", new { name = "first of another", role = "admin", workspace = "another" })).Is(201);
        (await other.Get("/api/keys")).Is(401);
    }

    [Fact]
    public async Task The_ledger_matches_the_sent_activities_and_reports_open_ones_and_queue_depths()
    {
        servers = await Servers.Share();
        var early = await CommandRun.By("Connections.Api", servers.Settings, "ledger");
        Assert.Contains("run migrate", early.Output, StringComparison.Ordinal);
        await using var hosts = await Deployment.Start(servers.Settings, 1, 1, 1);
        using var api = await hosts.ApiClient(hosts.ApiProcesses[0]);
        await hosts.Listen();
        using var work = await UnrepeatableWork.Begin(hosts, provider);
        await work.Goes(7);
        var waiting = await api.Post("/api/activities", new
        {
            connection = new { connector = "http", name = "Shop" },
            activity = "request",
            input = new { method = "POST", path = $"/{ProviderBehaviour.Later}/{Guid.NewGuid()}" },
            deadlineSeconds = 3000
        });
        await api.Reaches(waiting.Is(202)["id"].GetGuid(), "succeeded");

        var report = await Until.Seen(
            () => CommandRun.Well(servers.Settings, "ledger"),
            t => t.Contains("all: accepted 8, ended 8, open 0", StringComparison.Ordinal),
            "the ledger has counted");
        Assert.Contains("workspace default: accepted 8, ended 8 (succeeded 8), open 0", report, StringComparison.Ordinal);
        Assert.Contains("queue run-attempt: ready 0, consumers 1, in its error queue 0", report, StringComparison.Ordinal);

        foreach (var worker in hosts.ActivityWorkers) await worker.Stop();
        (await api.Post("/api/activities", new
        {
            connection = new { connector = "http", name = "Shop" },
            activity = "request",
            input = new { method = "POST", path = $"/{ProviderBehaviour.Quick}/{Guid.NewGuid()}" }
        })).Is(202);
        report = await Until.Seen(
            () => CommandRun.Well(servers.Settings, "ledger"),
            t => t.Contains("queue run-attempt: ready 1", StringComparison.Ordinal),
            "it waits in its queue");
        Assert.Contains("open, sent: 1 (up to a minute", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_read_model_is_rebuilt_while_activities_run_and_nothing_is_lost()
    {
        await common.Ready;
        var (servers, work) = (common.Servers, common.Work);
        await work.Goes(20);
        var load = work.Goes(150);
        foreach (var model in new[] { "connections", "grants", "activities", "waits", "usage", "waits" })
            Assert.Contains("the new rows are live", await CommandRun.Well(servers.Settings, "rebuild", model), StringComparison.Ordinal);
        await load;
        await work.Goes(5);
        await Rebuilt.IsWhatTheHostsWrote(servers);
        var left = await servers.Sql.Sql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%rebuild%'", servers.Sql.Database);
        Assert.Equal("0", left);
    }

    [Fact]
    public async Task A_rebuild_repairs_damaged_rows()
    {
        await common.Ready;
        var servers = common.Servers;
        await common.Work.Goes(10);
        const string damage = """
            DELETE FROM activities WHERE id < '8'; UPDATE connections SET status = 'spoilt'; UPDATE grants SET warn_at = 1;
            DELETE FROM wait_connections; UPDATE usage_days SET runs = 7; DELETE FROM usage_hours; DELETE FROM usage_times
            """;
        await servers.Sql.Sql(damage, servers.Sql.Database);
        foreach (var model in new[] { "connections", "activities", "grants", "waits", "usage" })
            await CommandRun.Well(servers.Settings, "rebuild", model);
        await Rebuilt.IsWhatTheHostsWrote(servers);
    }

    [Fact]
    public async Task A_command_with_an_unavailable_store_fails_and_names_it()
    {
        servers = await Servers.Start();
        await CommandRun.Well(servers.Settings, "migrate");
        using var folder = new DataFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "file"), "");
        await Lacks("The key could not be written to", "ring", "rotate", "--key-file", Path.Combine(folder.Path, "file", "ring-k2"));

        await servers.Log.Stop();
        await Lacks("ledger failed and can be run again: ", "ledger");
        await servers.Bus.Stop();
        await Lacks("RabbitMQ at", "error-queue", "list");
        await servers.Sql.Stop();
        await Lacks("migrate failed and can be run again: PostgreSQL", "migrate");
        await Lacks("ring rotate failed and can be run again: PostgreSQL", "ring", "rotate");
    }

    private async Task Lacks(string store, params string[] words)
    {
        var (code, output) = await CommandRun.By("Connections.Api", servers.Settings, words);
        Assert.Equal(1, code);
        Assert.Contains(store, output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal); // no stack trace
    }
}
