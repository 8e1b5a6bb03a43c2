using System.Text.Json.Nodes;
using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests;

public sealed class RestartTests(SharedService common)
{
    [Fact]
    public async Task A_killed_service_continues_after_its_restart()
    {
        using var folder = new DataFolder();
        var (reading, writing, changed) = (await common.NewRole(), await common.NewRole(), await common.NewRole());
        var service = await StandaloneProcess.Start(folder.Path);
        var (reads, writes, dead) = (
            await service.Api.Connect(reading), await service.Api.Connect(writing, allowWrites: true), await service.Api.Connect(changed));
        await changed.ChangePassword();
        var waiting = await service.Api.Query(dead);
        await service.Api.Waits(waiting, "reauthRequired");

        var gate = Guid.NewGuid().ToString("n");
        var (repeatable, unrepeatable) = (await service.Api.Query(reads, Role.Behind(gate)), await service.Api.Query(writes, Role.Behind(gate)));
        await service.Api.Reaches(repeatable, "running");
        await service.Api.Reaches(unrepeatable, "running");
        await Until.Holds(async () => await reading.Running(gate) == 1 && await writing.Running(gate) == 1, "both queries run");
        await service.Api.ConnectionReaches(dead, "reauthRequired");
        var before = await Snapshot(service.Api, reads, writes, dead);
        var key = service.Api.Key;

        var accepted = await Task.WhenAll(Enumerable.Range(0, 15).Select(i => service.Api.Query(reads, $"select {i}")));
        await service.Kill();
        await reading.OpenGate(gate);

        await using var again = await StandaloneProcess.Start(folder.Path);
        Assert.Equal(key, again.Api.Key);
        Assert.Equal(before, await Snapshot(again.Api, reads, writes, dead));
        var unknown = await again.Api.Reaches(unrepeatable, "unknown");
        Assert.Equal(1, unknown["attempts"].GetInt32());
        Assert.Equal(2, (await again.Api.Reaches(repeatable, "succeeded"))["attempts"].GetInt32());
        foreach (var activity in accepted) await again.Api.Reaches(activity, "succeeded");

        await again.Api.Waits(waiting, "reauthRequired");
        (await again.Api.Post($"/api/connections/{dead}/reconnect", new { credentials = changed.Credentials })).Is(200);
        await again.Api.Reaches(waiting, "succeeded");
        Assert.Equal(1, changed.FailedSignIns);
    }

    [Fact]
    public async Task A_service_stopped_under_load_loses_nothing_that_it_accepted()
    {
        using var folder = new DataFolder();
        var role = await common.NewRole();
        var service = await StandaloneProcess.Start(folder.Path);
        var id = await service.Api.Connect(role);
        var accepted = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => service.Api.Query(id, $"select {i}, pg_sleep(0.02)")));
        await service.Stop();

        await using var again = await StandaloneProcess.Start(folder.Path);
        foreach (var activity in accepted) await again.Api.Reaches(activity, "succeeded");
    }

    [Fact]
    public async Task The_read_models_are_rebuilt_from_the_log_as_they_were()
    {
        using var folder = new DataFolder();
        var (one, two, three) = (await common.NewRole(), await common.NewRole(), await common.NewRole());
        var service = await StandaloneProcess.Start(folder.Path);
        var api = service.Api;
        var (used, dead, gone) = (await api.Connect(one), await api.Connect(two), await api.Connect(three));
        (await api.Patch($"/api/connections/{used}", new { name = Steps.NewName() })).Is(200);
        (await api.Post($"/api/connections/{used}/test")).Is(200);
        await api.Reaches(await api.Query(used), "succeeded");
        await api.Reaches(await api.Query(used, "select nonsense"), "failed");
        await two.ChangePassword();
        await api.Waits(await api.Query(dead), "reauthRequired");
        await api.ConnectionReaches(dead, "reauthRequired");
        (await api.Delete($"/api/connections/{gone}")).Is(204);
        await Until.Seen(() => api.HistoryTypes(gone), types => types.Contains("connection-secrets-destroyed"), "the credentials are destroyed");
        await Until.Holds(async () => (await api.Get("/api/connections?status=deleted")).Body.GetProperty("items").GetArrayLength() == 1, "the rows caught up");
        await Until.Holds(async () => (await api.Get("/api/activities?status=waiting")).Body.GetProperty("items").GetArrayLength() == 1, "the rows caught up");
        var before = await Rows(api);
        await service.Stop();
        var files = Directory.GetFiles(folder.Path, "readmodels.db*");
        Assert.NotEmpty(files);
        foreach (var file in files) File.Delete(file);

        await using var again = await StandaloneProcess.Start(folder.Path);
        await Until.Seen(() => Rows(again.Api), rows => rows == before, $"the rows are as before: {before}");
    }

    /// <summary>
    /// The parts that do not change by themselves. An activity may end and a check may run at any time, after the existing events.
    /// </summary>
    private static async Task<List<string>> Snapshot(Api api, params Guid[] connections)
    {
        var responses = new List<string>();
        foreach (var id in connections)
        {
            var connection = JsonNode.Parse((await api.Connection(id)).Is(200).Text)!.AsObject();
            foreach (var moving in new[] { "lastConnectedAt", "lastTest", "version" }) connection.Remove(moving);
            responses.Add(connection.ToJsonString());
            responses.Add((await api.Get($"/api/connections/{id}/history?limit=1")).Is(200)["items"].GetRawText());
        }

        return responses;
    }

    private static async Task<string> Rows(Api api) => string.Join(
        '\n',
        (await api.Get("/api/connections?limit=1000")).Is(200).Text,
        (await api.Get("/api/connections?status=deleted&limit=1000")).Is(200).Text,
        (await api.Get("/api/activities?limit=1000&include=input,output")).Is(200).Text);
}
