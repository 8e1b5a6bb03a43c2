using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>The workers respond to probes on their own listener, the Api on its port, and report what is missing.</summary>
[Collection(Alone.Name)]
public sealed class ProbeTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(120);
    private static readonly Dictionary<string, string> AtEachListener = new() { ["Health__Listen"] = "127.0.0.1:0" };

    private Servers servers = null!;

    public async ValueTask InitializeAsync() => servers = await Servers.Start();

    public async ValueTask DisposeAsync()
    {
        if (servers is not null) await servers.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_reports_readiness_missing_servers_and_metrics_without_a_key()
    {
        await using var hosts = await Deployment.Start(servers.Settings, 0, 1, 0, AtEachListener);
        hosts.Launch(Deployment.ActivityWorker, AtEachListener);
        using var connections = await ApiClient(hosts.ConnectionWorkers[0]);
        using var activities = await ApiClient(hosts.ActivityWorkers[0]);
        foreach (var api in new[] { connections, activities }) await Ready(api);
        Assert.Contains("connections_loop_position{", await connections.Metrics(), StringComparison.Ordinal);
        Assert.Contains("connections_operator_faults", await activities.Metrics(), StringComparison.Ordinal);
        (await activities.Get("/api/keys")).Is(404);

        await servers.Bus.Settle(); // a queue declared just before a kill may have no leader afterwards
        await servers.Bus.Stop();
        foreach (var api in new[] { connections, activities }) await Misses(api, "bus: ");
        await servers.Bus.Start();
        foreach (var api in new[] { connections, activities }) await Ready(api);

        await servers.Log.Stop();
        foreach (var api in new[] { connections, activities }) await Misses(api, "event log: ");
        await servers.Log.Start();
        foreach (var api in new[] { connections, activities }) await Ready(api);

        await servers.Sql.Stop();
        foreach (var api in new[] { connections, activities }) await Misses(api, "read models: ");
        (await connections.Get("/health/live")).Is(200);
        await servers.Sql.Start();
        foreach (var api in new[] { connections, activities }) await Ready(api);
        foreach (var process in hosts.ConnectionWorkers.Concat(hosts.ActivityWorkers)) Assert.Equal(0, await process.Stop());
    }

    [Fact]
    public async Task A_worker_that_waits_for_its_stores_is_alive_and_names_the_missing_ones()
    {
        await using var hosts = await Deployment.Start(servers.Settings, 0, 0, 0);
        await servers.Sql.Stop();
        await servers.Log.Stop();
        foreach (var host in new[] { Deployment.ConnectionWorker, Deployment.ActivityWorker })
        {
            using var api = await ApiClient(hosts.Launch(host, AtEachListener));
            (await api.Get("/health/live")).Is(200);
            await Misses(api, "read models: ");
            await Misses(api, "event log: ");
        }

        await servers.Log.Start();
        await servers.Sql.Start();
        foreach (var process in hosts.ConnectionWorkers.Concat(hosts.ActivityWorkers))
        {
            using var api = await ApiClient(process);
            await Ready(api);
            Assert.Equal(0, await process.Stop());
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_Api_that_waits_for_its_stores_listens_and_names_the_missing_ones(bool withoutSql, bool withoutLog)
    {
        await using var hosts = await Deployment.Start(servers.Settings, 0, 1, 0);
        await hosts.Listen(); // the worker has created the tables
        if (withoutSql) await servers.Sql.Stop();
        if (withoutLog) await servers.Log.Stop();
        var port = Ports.Free();
        var process = hosts.Launch(Deployment.Api, port: port);
        using var api = new Api(new Uri($"http://127.0.0.1:{port}"), key: null);
        await Until.Seen(() => Live(api, process), live => live == 200, "the Api listens", Long);
        if (withoutSql) await Misses(api, "read models: ");
        if (withoutLog) await Misses(api, "event log: ");
        foreach (var path in new[] { "/api/connections", "/", "/docs", "/metrics", "/health/other", "/api/oauth/callback?code=c&state=s" })
            await Unavailable(api, HttpMethod.Get, path);
        await Unavailable(api, HttpMethod.Post, "/api/activities");
        await Unavailable(api, HttpMethod.Post, "/health/live");

        if (withoutLog) await servers.Log.Start();
        if (withoutSql) await servers.Sql.Start();
        await Ready(api);
        (await api.Get("/api/connections")).Refuses(401, "request.unauthorized");
        Assert.Equal(0, await process.Stop());
    }

    [Fact]
    public async Task An_Api_that_waits_for_its_stores_can_be_stopped()
    {
        await using var hosts = await Deployment.Start(servers.Settings, 0, 0, 0);
        await servers.Sql.Stop();
        var port = Ports.Free();
        var process = hosts.Launch(Deployment.Api, port: port);
        using var api = new Api(new Uri($"http://127.0.0.1:{port}"), key: null);
        await Until.Seen(() => Live(api, process), live => live == 200, "the Api listens", Long);
        Assert.Equal(0, await process.Stop());
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    private static async Task Unavailable(Api api, HttpMethod method, string path)
    {
        (await api.Raw(method, path, "{}")).Refuses(503, "request.unavailable");
        Assert.Contains(api.Heard, heard => heard.Request == $"{method} {path}" && heard.Answer.Contains("Retry-After: ", StringComparison.Ordinal));
    }

    // 0 while nothing listens.
    private static async Task<int> Live(Api api, HostProcess process)
    {
        Assert.False(process.Ended, process.Output);
        try
        {
            return (await api.Get("/health/live")).Status;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private static async Task<Api> ApiClient(HostProcess process)
    {
        await Until.Holds(() => process.Ended || Deployment.Address(process) is not null, "the worker listens", Long);
        return Deployment.Address(process) is { } address
            ? new Api(address, key: null)
            : throw new InvalidOperationException($"The worker does not start: {process.Output}");
    }

    private static Task<ApiResponse> Ready(Api api) => Until.Seen(() => api.Get("/health/ready"), answer => answer.Status == 200, "the worker is ready", Long);

    private static Task<ApiResponse> Misses(Api api, string what) => Until.Seen(
        () => api.Get("/health/ready"),
        answer => answer.Status == 503 && answer["missing"].EnumerateArray().Any(m => m.GetString()!.StartsWith(what, StringComparison.Ordinal)),
        $"the worker misses {what}",
        Long);
}
