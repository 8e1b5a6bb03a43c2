using System.Globalization;
using EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace EndToEnd.Tests.Commands;

/// <summary>Commands on the data folder of a Standalone that runs.</summary>
public sealed class RunningServiceTests(RunningService service) : IClassFixture<RunningService>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task A_key_that_a_command_creates_works_in_the_running_service_and_one_that_it_deletes_does_not()
    {
        var before = await Keys();
        var created = await Run(0, "keys", "create", "--name", "reports", "--role", "viewer");
        var key = created.Split('\n').Single(line => line.StartsWith("ck_", StringComparison.Ordinal)).Trim();
        using var reports = new Api(service.Api.Address, key);
        (await reports.Get("/api/connections")).Is(200);
        Assert.Equal(before + 1, await Keys());

        var id = created.Split("Created key ")[1].Split(' ')[0];
        await Run(0, "keys", "delete", id);
        await TestServers.Until.Seen(
            () => reports.Get("/api/connections"), answer => answer.Status == 401, "the deleted key is rejected", Limit);
        (await service.Api.Get("/health/ready")).Is(200);
    }

    [Fact]
    public async Task Keys_are_created_by_many_commands_and_by_the_service_at_the_same_time()
    {
        var before = await Keys();
        var byCommands = Enumerable.Range(0, 3).Select(i => Run(0, "keys", "create", "--name", $"command {i}", "--role", "viewer"));
        var byService = Enumerable.Range(0, 50).Select(i => service.Api.Post("/api/keys", new { name = $"service {i}", role = "viewer" }));
        await Task.WhenAll(Task.WhenAll(byCommands), Task.WhenAll(byService.Select(async made => (await made).Is(201))));
        Assert.Equal(before + 53, await Keys());
    }

    [Fact]
    public async Task The_ledger_counts_the_activities_of_the_running_service()
    {
        Assert.Contains("all: accepted 0, ended 0, open 0", await Run(0, "ledger"), StringComparison.Ordinal);
        (await service.Api.Get("/health/ready")).Is(200);
    }

    [Fact]
    public async Task A_table_that_the_starting_service_has_not_created_yet_is_created()
    {
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(service.Folder, "service.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE IF EXISTS known_time; DELETE FROM schema_versions WHERE part = 'known-time'";
            await command.ExecuteNonQueryAsync();
        }

        await Run(0, "ledger");
        Assert.Contains("known-time: at version 1, nothing to do", await Run(0, "migrate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_with_the_version_of_the_running_service_has_nothing_to_do()
    {
        var output = await Run(0, "migrate");
        Assert.Contains("sessions: at version 2, nothing to do", output, StringComparison.Ordinal);
        Assert.DoesNotContain("from version", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ring rotate", "the running service holds the key ring in memory")]
    [InlineData("rebuild connections", "delete readmodels.db while the service is stopped")]
    [InlineData("error-queue list", "The in-memory bus has no error queues")]
    public async Task A_command_that_cannot_work_beside_the_service_says_why_and_changes_nothing(string words, string reason)
    {
        var ring = await File.ReadAllTextAsync(Path.Combine(service.Folder, "key-ring.json"));
        var output = await Run(1, words.Split(' '));
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(ring, await File.ReadAllTextAsync(Path.Combine(service.Folder, "key-ring.json")));
        (await service.Api.Get("/health/ready")).Is(200);
    }

    [Fact]
    public async Task A_command_beside_the_service_does_not_keep_the_folder()
    {
        await Run(0, "keys", "list");
        var (code, output) = await ProgramRun.Standalone(service.Folder);
        Assert.Equal(1, code);
        Assert.Contains($"{service.Folder} is in use by another process", output, StringComparison.Ordinal);
    }

    private async Task<int> Keys() =>
        int.Parse((await Run(0, "keys", "list")).Split("Keys: ")[1].Split('\n')[0], CultureInfo.InvariantCulture);

    private async Task<string> Run(int code, params string[] words)
    {
        var (ended, output) = await CommandRun.By("Standalone", Nothing, [.. words, "--data", service.Folder]);
        Assert.True(ended == code, $"{string.Join(' ', words)} ended with {ended}: {output}");
        return output;
    }
}
