using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

/// <summary>A host that cannot run reports why, and what to do.</summary>
public sealed class StartTests(SharedService common)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task A_second_process_on_the_same_data_folder_is_rejected()
    {
        await using var second = StandaloneProcess.Launch(common.Folder);
        Assert.NotEqual(0, await second.Exit(Limit));
        Assert.Contains($"{common.Folder} is in use by another process", second.Output, StringComparison.Ordinal);
        (await common.Api.Get("/health/ready")).Is(200);
    }

    [Theory]
    [InlineData("log.db")]
    [InlineData("vault.db")]
    [InlineData("service.db")]
    [InlineData("readmodels.db")]
    public async Task A_foreign_file_is_named_and_not_changed(string name)
    {
        using var folder = new DataFolder();
        var path = Path.Combine(folder.Path, name);
        var foreign = string.Concat(Enumerable.Repeat("These are the notes of somebody else.\n", 200));
        await File.WriteAllTextAsync(path, foreign);
        var (code, output) = await ProgramRun.Standalone(folder.Path);
        Assert.NotEqual(0, code);
        Assert.Contains($"{path} is not a SQLite file", output, StringComparison.Ordinal);
        Assert.Equal(foreign, await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_folder_whose_log_was_lost_is_rejected_and_not_changed()
    {
        using var folder = new DataFolder();
        await (await StandaloneProcess.Start(folder.Path)).Stop();
        foreach (var file in Directory.GetFiles(folder.Path, "log.db*")) File.Delete(file);
        var (code, output) = await ProgramRun.Standalone(folder.Path);
        Assert.NotEqual(0, code);
        Assert.Contains("log.db is missing", output, StringComparison.Ordinal);
        Assert.Contains("vault.db", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "log.db")));
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_data_folder_and_its_files()
    {
        using var parent = new DataFolder();
        var folder = Path.Combine(parent.Path, "data");
        await using var service = await StandaloneProcess.Start(folder);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        var files = Directory.GetFiles(folder);
        Assert.Contains(files, file => file.EndsWith("log.db-wal", StringComparison.Ordinal));
        foreach (var file in files)
            Assert.Equal((file, UnixFileMode.UserRead | UnixFileMode.UserWrite), (file, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_data_folder_that_others_may_read_is_warned_of()
    {
        using var folder = new DataFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        await using var service = await StandaloneProcess.Start(folder.Path);
        var lines = service.Process.Output.Split('\n');
        var warning = Array.FindIndex(lines, line => line.Contains($"chmod 700 {folder.Path}", StringComparison.Ordinal));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn: ", lines[warning - 1]);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_to_is_named_as_that()
    {
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "notes.txt");
        await File.WriteAllTextAsync(file, "notes");
        var (code, output) = await ProgramRun.Standalone(file);
        Assert.NotEqual(0, code);
        Assert.Contains($"The data folder {file} cannot be written to", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(folder.Path, "lock"));
        var locked = await ProgramRun.Standalone(folder.Path);
        Assert.NotEqual(0, locked.Code);
        Assert.Contains($"The data folder {folder.Path} cannot be written to", locked.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_whose_data_folder_was_deleted_is_not_ready()
    {
        using var parent = new DataFolder();
        var folder = Path.Combine(parent.Path, "data");
        await using var service = await StandaloneProcess.Start(folder);
        Directory.Delete(folder, recursive: true);
        var health = await service.Api.Get("/health/ready");
        Assert.Equal(503, health.Status);
        Assert.Contains("data folder: log.db was deleted", health["missing"].EnumerateArray().Select(m => m.GetString()));
        Assert.DoesNotContain(parent.Path, health.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_is_not_ready_once_a_file_that_it_needs_was_deleted()
    {
        using var folder = new DataFolder();
        await using var service = await StandaloneProcess.Start(folder.Path);
        foreach (var name in new[] { "vault.db", "keys.db", "lock" }) // without the lock another process could start on the folder
        {
            var missing = $"data folder: {name} was deleted";
            Assert.DoesNotContain(missing, (await service.Api.Get("/health/ready")).Text, StringComparison.Ordinal);
            File.Delete(Path.Combine(folder.Path, name));
            var health = await service.Api.Get("/health/ready");
            Assert.Equal(503, health.Status);
            Assert.Contains(missing, health["missing"].EnumerateArray().Select(m => m.GetString()));
        }
    }

    [Fact]
    public async Task A_damaged_key_ring_is_named()
    {
        using var folder = new DataFolder();
        await (await StandaloneProcess.Start(folder.Path)).Stop();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "key-ring.json"), "{}");
        var (code, output) = await ProgramRun.Standalone(folder.Path);
        Assert.NotEqual(0, code);
        Assert.Contains("key-ring.json", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_provider_requires_a_public_address()
    {
        using var folder = new DataFolder();
        var application = new Dictionary<string, string> { ["OAuth__demo-mail__ClientId"] = "c" };
        var (code, output) = await ProgramRun.By("Standalone", application, "--data", folder.Path, "--urls", "http://0.0.0.0:0");
        Assert.NotEqual(0, code);
        Assert.Contains("set Http:PublicUrl", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://connections.example.com")]
    [InlineData("https://user@connections.example.com")]
    [InlineData("https://connections.example.com/?next=x")]
    [InlineData("connections.example.com")]
    public async Task An_insecure_public_address_is_rejected(string address)
    {
        using var folder = new DataFolder();
        var (code, output) = await ProgramRun.Standalone(folder.Path, new Dictionary<string, string> { ["Http__PublicUrl"] = address });
        Assert.NotEqual(0, code);
        Assert.Contains("PublicUrl", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Connections.Api")]
    [InlineData("Connections.Worker")]
    [InlineData("Activities.Worker")]
    public async Task A_production_host_rejects_embedded_stores_and_names_what_to_configure(string name)
    {
        var (code, output) = await ProgramRun.By(name, Nothing);
        Assert.NotEqual(0, code);
        string[] expected = [name, "EventLog:Store=eventstoredb", "Sql:Provider=postgresql", "Bus:Transport=rabbitmq", "Standalone"];
        foreach (var words in expected) Assert.Contains(words, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named_in_one_line_without_a_trace()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new DataFolder();
        await using var refused = HostProcess.Start(
            "Standalone", Nothing, "--data", folder.Path, "--urls", $"http://{taken.LocalEndpoint}");
        Assert.NotEqual(0, await refused.Exit(Limit));
        var expected = $"Cannot start: Failed to bind to address http://{taken.LocalEndpoint}";
        Assert.Contains(expected, refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_used_port_of_the_demo_provider_is_named_in_one_line_with_what_to_set()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new DataFolder();
        string[] addresses = ["--urls", "http://127.0.0.1:0", $"--Demo:Urls=http://{taken.LocalEndpoint}"];
        var (code, output) = await ProgramRun.By("Standalone", Nothing, ["--demo", "--data", folder.Path, .. addresses]);
        Assert.NotEqual(0, code);
        var expected = $"uses the address of the demo provider, http://{taken.LocalEndpoint}. Set another one";
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("--Sql:Conection=x")]
    public async Task An_unknown_setting_is_named_and_nothing_is_created(string setting)
    {
        using var parent = new DataFolder();
        var folder = Path.Combine(parent.Path, "data");
        await using var refused = HostProcess.Start("Standalone", Nothing, setting, "--data", folder);
        Assert.Equal(2, await refused.Exit(Limit));
        Assert.Contains($"There is no setting {setting.Split('=')[0]}.", refused.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_worker_has_no_commands_and_says_so()
    {
        await using var refused = HostProcess.Start("Activities.Worker", Nothing, "ledger");
        Assert.Equal(2, await refused.Exit(Limit));
        Assert.Contains("This host has no commands", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_store_is_named()
    {
        using var folder = new DataFolder();
        var (code, output) = await ProgramRun.Standalone(folder.Path, new Dictionary<string, string> { ["EventLog__Store"] = "papyrus" });
        Assert.NotEqual(0, code);
        Assert.Contains("EventLog:Store=papyrus", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_first_key_and_it_stays()
    {
        using var folder = new DataFolder();
        var path = Path.Combine(folder.Path, "api-key");
        var first = await StandaloneProcess.Start(folder.Path);
        var key = await File.ReadAllTextAsync(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        await first.Kill();
        await using var again = await StandaloneProcess.Start(folder.Path);
        Assert.Equal(key, await File.ReadAllTextAsync(path));
        (await again.Api.Get("/api/connections")).Is(200);
    }

    [Fact]
    public async Task An_empty_key_file_gets_a_key()
    {
        using var folder = new DataFolder();
        var path = Path.Combine(folder.Path, "api-key");
        await File.WriteAllTextAsync(path, "");
        await using var service = await StandaloneProcess.Start(folder.Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        (await service.Api.Get("/api/connections")).Is(200);
    }
}
