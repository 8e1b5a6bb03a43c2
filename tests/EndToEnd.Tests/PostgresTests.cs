using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using TestServers;

namespace EndToEnd.Tests;

/// <summary>Standalone with its rows, vault and keys in PostgreSQL, chosen by configuration alone.</summary>
public sealed class PostgresTests(SharedService common) : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    private readonly DataFolder folder = new();
    private PostgresServer store = null!;

    private Dictionary<string, string> Settings => new()
    {
        ["Sql__Provider"] = "postgresql",
        ["Sql__Connection"] = PostgresDatabases.ConnectionString(store)
    };

    public async ValueTask InitializeAsync()
    {
        Assert.NotNull(common.Server); // otherwise skipped
        store = await SharedServers.NewDatabase();
    }

    public async ValueTask DisposeAsync()
    {
        if (store is not null) await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Every_accepted_command_ends_although_the_database_is_restarted_meanwhile()
    {
        await UseOwnServer();
        var role = await common.NewRole();
        await using var service = await StandaloneProcess.Start(folder.Path, Settings);
        var id = await service.Api.Connect(role);
        var accepted = new List<Guid>();
        for (var round = 0; round < 3; round++)
        {
            accepted.AddRange(await Accepted(service.Api, id, 15));
            await store.Stop();
            accepted.AddRange(await Accepted(service.Api, id, 5));
            await Until.Seen(
                () => service.Api.Get("/health/ready"),
                ready => ready.Status == 503 && ready.Text.Contains("read models: not available", StringComparison.Ordinal),
                "readiness names the read models",
                Long);
            await store.Start();
        }

        accepted.AddRange(await Until.Seen(() => Accepted(service.Api, id, 5), some => some.Count == 5, "activities are accepted again", Long));
        foreach (var activity in accepted) await service.Api.Reaches(activity, "succeeded", Long);
        await Until.Seen(() => service.Api.Get("/health/ready"), ready => ready.Status == 200, "ready again", Long);
        Assert.True(accepted.Count >= 20);
        Assert.DoesNotContain(PostgresDatabases.Password, service.Process.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path, "readmodels.db"));
    }

    [Fact]
    public async Task Read_models_are_rebuilt_when_their_rows_and_checkpoints_are_deleted()
    {
        var role = await common.NewRole();
        var service = await StandaloneProcess.Start(folder.Path, Settings);
        var id = await service.Api.Connect(role, "Rebuilt");
        await service.Api.Reaches(await service.Api.Query(id), "succeeded");
        await Until.Seen(() => Lists(service.Api), lists => lists.Contains("succeeded", StringComparison.Ordinal), "the rows caught up");
        var before = await Lists(service.Api);
        await service.Stop();
        await store.Sql(
            """
            TRUNCATE connections, activities, connection_use, waits, wait_queues, wait_connections;
            DELETE FROM checkpoints WHERE name IN ('connections', 'activities', 'waits')
            """,
            store.Database);

        await using var again = await StandaloneProcess.Start(folder.Path, Settings);

        await Until.Seen(() => Lists(again.Api), lists => lists == before, $"the rows are as before: {before}");
        await again.Api.Reaches(await again.Api.Query(id), "succeeded");
    }

    [Fact]
    public async Task A_service_with_lost_checkpoints_recovers_over_the_existing_rows()
    {
        var role = await common.NewRole();
        var service = await StandaloneProcess.Start(folder.Path, Settings);
        var id = await service.Api.Connect(role);
        await service.Api.Reaches(await service.Api.Query(id), "succeeded");
        await Until.Seen(() => Lists(service.Api), lists => lists.Contains("succeeded", StringComparison.Ordinal), "the rows caught up");
        await service.Stop();
        await store.Sql("TRUNCATE checkpoints, leases, ledger, ledger_unknown", store.Database);

        await using var again = await StandaloneProcess.Start(folder.Path, Settings);

        await again.Api.Reaches(await again.Api.Query(id), "succeeded");
        await Until.Seen(
            () => Lists(again.Api), lists => lists.Split("\"succeeded\"").Length == 3, "each activity is listed once, none is lost");
    }

    [Fact]
    public async Task A_host_waits_for_an_unavailable_server_at_start_and_logs_it_once()
    {
        await UseOwnServer();
        await store.Stop();
        await using var waiting = StandaloneProcess.Launch(folder.Path, Settings);
        await Until.Holds(() => waiting.Output.Contains("does not answer", StringComparison.Ordinal), "it logs that it waits", Long);
        await store.Start();
        await Until.Holds(() => waiting.Output.Contains("Connections listens on", StringComparison.Ordinal), "it starts", Long);

        Assert.Equal(2, waiting.Output.Split("does not answer (ConnectionRefused)").Length);
        Assert.DoesNotContain(PostgresDatabases.Password, waiting.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password", "hunter2", "rejects the password of connections")]
    [InlineData("Database", "nowhere", "There is no database \"nowhere\"")]
    [InlineData("Nonsense", "hunter2", "Sql:Connection: The connection string of PostgreSQL is malformed")]
    public async Task Invalid_settings_are_rejected_immediately_and_no_password_is_quoted(string setting, string value, string expected)
    {
        var settings = Settings;
        settings["Sql__Connection"] += $";{setting}={value}";
        var (code, output) = await ProgramRun.Standalone(folder.Path, settings);

        Assert.Equal(1, code);
        Assert.Contains("Cannot start: ", output, StringComparison.Ordinal);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresDatabases.Password, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_connection_string_can_be_read_from_a_file_and_keys_are_created_listed_and_deleted()
    {
        var settings = Settings;
        var file = Path.Combine(folder.Path, "connection");
        await File.WriteAllTextAsync(file, settings["Sql__Connection"] + "\n");
        settings.Remove("Sql__Connection");
        settings["Sql__Connection__File"] = file;
        await using var service = await StandaloneProcess.Start(folder.Path, settings);

        var made = (await service.Api.Post("/api/keys", new { name = "reports", role = "viewer" })).Is(201);
        var (id, key) = (made["id"].GetGuid(), made["key"].GetString()!);
        using var theirs = new Api(service.Api.Address, key);
        (await theirs.Get("/api/connections")).Is(200);
        Assert.Contains(id.ToString(), (await service.Api.Get("/api/keys")).Is(200).Text, StringComparison.Ordinal);
        (await service.Api.Delete($"/api/keys/{id}")).Is(204);
        Assert.Equal(401, (await theirs.Get("/api/connections")).Status);
    }

    [Fact]
    public async Task Tables_extended_by_a_newer_version_are_used_and_incompatible_ones_are_rejected()
    {
        await (await StandaloneProcess.Start(folder.Path, Settings)).Stop();
        await store.Sql("UPDATE schema_versions SET version = 99 WHERE part = 'waits'", store.Database);
        await (await StandaloneProcess.Start(folder.Path, Settings)).Stop();

        await store.Sql("UPDATE schema_versions SET least = 99 WHERE part = 'waits'", store.Database);
        var (code, output) = await ProgramRun.Standalone(folder.Path, Settings);

        Assert.Equal(1, code);
        Assert.Contains("Run the newer program", output, StringComparison.Ordinal);
    }

    // For a test that stops the server.
    private async Task UseOwnServer()
    {
        await store.DisposeAsync();
        store = await PostgresDatabases.Prepared();
    }

    /// <summary>Sends this many, and returns those that were accepted: while the database is unavailable, some are not.</summary>
    private static async Task<IReadOnlyList<Guid>> Accepted(Api api, Guid connection, int many)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, many).Select(i => api.Post(
            "/api/activities", new { connectionId = connection, activity = "run-query", input = new { sql = $"select {i}" } })));
        return [.. answers.Where(a => a.Status == 202).Select(a => a["id"].GetGuid())];
    }

    private static async Task<string> Lists(Api api) => string.Join(
        '\n', (await api.Get("/api/connections?limit=1000")).Is(200).Text, (await api.Get("/api/activities?limit=1000&include=input,output")).Is(200).Text);
}
