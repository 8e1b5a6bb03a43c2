using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests;

/// <summary>The service with its log in the double of EventStoreDB.</summary>
public sealed class EventStoreTests(SharedService common)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Accepted_work_is_done_although_the_event_store_and_the_service_are_killed()
    {
        await using var server = await EventStoreDoubleServer.LaunchProcess();
        using var folder = new DataFolder();
        var role = await common.NewRole();
        var service = await StandaloneProcess.Start(folder.Path, On(server.Connection));
        var id = await service.Api.Connect(role);
        await service.Api.Reaches(await service.Api.Query(id), "succeeded");
        Assert.False(File.Exists(Path.Combine(folder.Path, "log.db")));

        var first = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => service.Api.Query(id, $"select {i}")));
        await server.Stop();
        await server.Start();
        foreach (var activity in first) await service.Api.Reaches(activity, "succeeded");
        var second = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => service.Api.Query(id, $"select {i}")));
        await service.Kill();

        await using var again = await StandaloneProcess.Start(folder.Path, On(server.Connection));
        foreach (var activity in second) await again.Api.Reaches(activity, "succeeded");
        await again.Api.ConnectionReaches(id, "connected");
    }

    [Fact]
    public async Task Lists_are_rebuilt_from_the_event_store()
    {
        await using var server = await EventStoreDoubleServer.Launch();
        using var folder = new DataFolder();
        var service = await StandaloneProcess.Start(folder.Path, On(server.Connection));
        var id = await service.Api.Connect(await common.NewRole());
        await service.Stop();
        foreach (var file in Directory.GetFiles(folder.Path, "readmodels.db*")) File.Delete(file);

        await using var again = await StandaloneProcess.Start(folder.Path, On(server.Connection));
        await Until.Seen(
            () => again.Api.Get("/api/connections"),
            list => list.Text.Contains(id.ToString(), StringComparison.Ordinal),
            "the connection is listed");
    }

    [Fact]
    public async Task A_wrong_password_keeps_the_service_from_starting_and_is_not_shown()
    {
        await using var server = await EventStoreDoubleServer.Launch("--user", "some", "--password", "right");
        using var folder = new DataFolder();
        var settings = On($"esdb://some:hunter2@127.0.0.1:{server.Port}?tls=false");
        var (code, output) = await ProgramRun.Standalone(folder.Path, settings);

        Assert.NotEqual(0, code);
        Assert.Contains("does not accept the user some or the password", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_connection_string_the_service_names_the_setting()
    {
        using var folder = new DataFolder();
        var settings = new Dictionary<string, string> { ["EventLog__Store"] = "eventstoredb" };
        var (code, output) = await ProgramRun.Standalone(folder.Path, settings);

        Assert.NotEqual(0, code);
        Assert.Contains("EventLog:Connection:File", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_connection_string_can_be_read_from_a_file_and_the_host_waits_for_a_later_server()
    {
        await using var server = await EventStoreDoubleServer.Prepare("--user", "some", "--password", "hunter2");
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "event-store");
        await File.WriteAllTextAsync(file, $"esdb://some:hunter2@127.0.0.1:{server.Port}?tls=false\n");
        var settings = new Dictionary<string, string> { ["EventLog__Store"] = "eventstoredb", ["EventLog__Connection__File"] = file };
        var starting = StandaloneProcess.Start(folder.Path, settings);
        await server.Start();

        await using var service = await starting;
        await service.Api.Connect(await common.NewRole());
        Assert.DoesNotContain("hunter2", service.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_waits_for_the_event_store_can_be_stopped()
    {
        await using var server = await EventStoreDoubleServer.Prepare();
        using var folder = new DataFolder();
        await using var waiting = StandaloneProcess.Launch(folder.Path, On(server.Connection));
        await Until.Holds(() => waiting.Output.Contains("is unavailable", StringComparison.Ordinal), "the wait is logged", Limit);

        Assert.Equal(0, await waiting.Stop());
        Assert.DoesNotContain("Unhandled", waiting.Output, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> On(string connection) => new()
    {
        ["EventLog__Store"] = "eventstoredb",
        ["EventLog__Connection"] = connection
    };
}
