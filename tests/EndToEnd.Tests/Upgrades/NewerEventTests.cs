using EndToEnd.Tests.Harness;
using EventSourcing;
using EventSourcing.Sql;
using TestServers;

namespace EndToEnd.Tests.Upgrades;

/// <summary>A log with events of a newer version. This version does not touch unknown events, and reports them.</summary>
public sealed class NewerEventTests
{
    [Fact]
    public async Task Requests_for_data_of_a_newer_version_get_a_retryable_problem_and_readiness_names_the_stopped_loops()
    {
        using var folder = new DataFolder();
        var (theirs, ours) = (Guid.NewGuid(), Guid.NewGuid());
        var service = await StandaloneProcess.Start(folder.Path);
        foreach (var id in new[] { theirs, ours }) (await service.Api.Post("/api/connections", Body(id))).Is(201);
        await service.Stop();
        await WrittenByANewerVersion(Path.Combine(folder.Path, "log.db"), $"connection-default:{theirs}");

        await using var process = StandaloneProcess.Launch(folder.Path);
        using var api = await StandaloneProcess.ApiClient(process, folder.Path);

        (await api.Connection(theirs)).Refuses(503, "request.unavailable");
        (await api.Patch($"/api/connections/{theirs}", new { name = "Other" })).Refuses(503, "request.unavailable");
        Assert.Equal("connected", (await api.Connection(ours)).Is(200)["status"].GetString());
        await Until.Seen(
            () => api.Get("/health/ready"),
            ready => ready.Status == 503 && ready.Text.Contains("loop connections is stopped", StringComparison.Ordinal),
            "readiness names the loop");
        Assert.DoesNotContain("connection-annotated", (await api.Get("/health/ready")).Text, StringComparison.Ordinal); // anybody may read it
        Assert.Contains("connection-annotated", process.Output, StringComparison.Ordinal);
    }

    private static object Body(Guid id) => new
    {
        id,
        connector = "http",
        name = $"{id}",
        settings = new { baseUrl = "https://api.example.com", auth = "basic" },
        credentials = new { username = $"{id}", password = "pw" },
        skipTest = true
    };

    private static async Task WrittenByANewerVersion(string file, string stream)
    {
        using var log = SqliteEventLog.Open(file, TimeProvider.System);
        var was = await log.Read(stream, CancellationToken.None);
        await log.Append(stream, was.Revision, [new NewEvent(Guid.CreateVersion7(), "connection-annotated", "{}"u8.ToArray(), "{}"u8.ToArray())], CancellationToken.None);
    }
}
