using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Contracts;
using Connections.Domain;
using Connections.Operations.Connections;
using EventSourcing;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Hosts.Tests.Harness;

/// <summary>An API, and the means to make connections to it and run requests over them.</summary>
internal sealed class HttpConnection(Workers workers, ApiServer api)
{
    public static async Task<HttpConnection> Start(Workers workers, Func<HttpContext, Task> answer)
    {
        var api = await ApiServer.Start();
        api.Answer = answer;
        return new HttpConnection(workers, api);
    }

    public ApiServer Api => api;

    public Task<Guid> Connect(object credentials, string auth = "bearer", object? more = null) => workers.Get<CreateConnections>().Create(
        workers.Context,
        new NewConnection(
            Guid.NewGuid(), "http", $"api {Guid.NewGuid()}", Settings(auth, more), JsonSerializer.SerializeToElement(credentials), SkipTest: false),
        CancellationToken.None);

    public Task<Guid> Get(Guid connection, string path, string method = "GET") => workers.Send(new RunActivity(
        Workers.Workspace, Guid.NewGuid(), connection, null, "request", JsonSerializer.SerializeToElement(new { method, path })));

    public Task<ProbeReport> Test(Guid connection) =>
        workers.Get<TestConnections>().Test(workers.Context, connection, CancellationToken.None);

    /// <summary>All events of the log but those of activities' inputs, as text.</summary>
    public async Task<string> Log()
    {
        var text = new StringBuilder();
        await foreach (var batch in workers.Get<IEventLog>().Subscribe([""], 0, CancellationToken.None))
        {
            foreach (var recorded in batch.Events) text.AppendLine(recorded.Type).AppendLine(Encoding.UTF8.GetString(recorded.Data.Span));
            if (batch.CaughtUp) break;
        }

        return text.ToString();
    }

    public async Task<IReadOnlyList<string>> History(Guid connection) =>
        [.. (await workers.Get<IEventLog>().Read(new ConnectionId(Workers.Workspace, connection).Stream, CancellationToken.None)).Events.Select(e => e.Type)];

    private JsonElement Settings(string auth, object? more)
    {
        var settings = new JsonObject { ["baseUrl"] = $"http://127.0.0.1:{api.Port}", ["auth"] = auth, ["testPath"] = "/ok" };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject()) settings[name] = value?.DeepClone();
        return JsonSerializer.SerializeToElement(settings);
    }
}
