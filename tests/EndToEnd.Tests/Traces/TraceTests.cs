using System.Text.Json;
using EndToEnd.Tests.Canaries;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Traces;

/// <summary>Three host processes export traces and metrics. One trace follows an activity through all of them.</summary>
[Collection(WorkingHosts.Name)]
public sealed class TraceTests : IAsyncLifetime
{
    private const string Api = "Connections.Api";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    private Servers servers = null!;
    private FakeProvider provider = null!;
    private Collector collector = null!;

    public async ValueTask InitializeAsync() =>
        (servers, provider, collector) = (await Servers.Share(), await FakeProvider.Start(), await Collector.Start());

    public async ValueTask DisposeAsync()
    {
        if (collector is not null) await collector.DisposeAsync();
        if (provider is not null) await provider.DisposeAsync();
        if (servers is not null) await servers.DisposeAsync();
    }

    [Fact]
    public async Task One_trace_holds_all_hops_of_an_activity_by_HTTP_and_one_by_bus_and_no_secret()
    {
        var settings = servers.Settings.Concat(collector.Settings).ToDictionary();
        (settings["Logging__LogLevel__Connections.Hops"], settings["Logging__Console__FormatterName"]) = ("Information", "json");
        await using var hosts = await Deployment.Start(settings, 1, 1, 1);
        using var api = await hosts.ApiClient(hosts.ApiProcesses[0]);
        await hosts.Listen();
        var (password, input, connection) = (Canary.New("a password"), Canary.New("an input"), Guid.NewGuid());
        (await api.Post("/api/connections", new
        {
            id = connection,
            connector = "http",
            name = "Shop",
            settings = new { baseUrl = provider.Address, auth = "basic" },
            credentials = new { username = "user", password = password.Value }
        })).Is(201);

        var byHttp = Guid.NewGuid();
        (await api.Post("/api/activities", new
        {
            id = byHttp,
            connectionId = connection,
            activity = "request",
            input = Input(byHttp, input)
        })).Is(202);
        await api.Reaches(byHttp, "succeeded", Long);
        var http = await Trace(hosts, byHttp, "publish-activities");
        Assert.Equal(
            [
                (Api, "append", "activity-requested"),
                (Deployment.ConnectionWorker, "send-requested", "activity-requested"),
                (Deployment.ActivityWorker, "attempt", ""),
                (Deployment.ActivityWorker, "append", "activity-started"),
                (Deployment.ActivityWorker, "connector", ""),
                (Deployment.ActivityWorker, "append", "activity-succeeded"),
                (Deployment.ConnectionWorker, "publish-activities", "activity-succeeded")
            ],
            Hops(http));
        var root = Assert.Single(http, s => s.Parent.Length == 0);
        Assert.Equal((Api, "Microsoft.AspNetCore"), (root.Host, root.Source));
        Assert.All(http.Where(s => s != root), s => Assert.Contains(http, other => other.Id == s.Parent));
        Assert.All(http.Where(s => s.Name == "connector"), s => Assert.Equal(
            ("http", "request", $"{connection}", "ok"),
            (s["connections.connector"], s["connections.action"], s["connections.connection.id"], s["connections.outcome"])));

        var (byBus, trace, sender) = (Guid.NewGuid(), $"{Guid.NewGuid():n}", "00f067aa0ba902b7");
        await using var caller = new TracedCaller(servers.Bus);
        await caller.Listen();
        await caller.Send("run-activity", $"00-{trace}-{sender}-01", new
        {
            workspace = "default",
            activityId = byBus,
            connectionId = connection,
            activity = "request",
            input = Input(byBus, input)
        });
        var bus = await Trace(hosts, byBus, "publish-activities", sender);
        Assert.Equal(
            [
                (Deployment.ActivityWorker, "attempt", ""),
                (Deployment.ActivityWorker, "append", "activity-requested activity-started"),
                (Deployment.ActivityWorker, "connector", ""),
                (Deployment.ActivityWorker, "append", "activity-succeeded"),
                (Deployment.ConnectionWorker, "publish-activities", "activity-succeeded")
            ],
            Hops(bus));
        Assert.All(bus, s => Assert.Equal(trace, s.Trace));
        Assert.Equal(sender, Assert.Single(bus, s => s.Name == "attempt").Parent);
        // And on to the receiver of its end.
        Assert.Contains(trace, await caller.WaitForTrace(byBus), StringComparison.Ordinal);

        foreach (var hop in http.Concat(bus).Where(s => s.Source.StartsWith("Connections.", StringComparison.Ordinal)))
            await Until.Holds(() => Logged(hosts, hop), $"{hop.Name} is in the log of its host", Long);
        await MetricsCame(connection);
        IReadOnlyList<Place> exported = [.. collector.Bytes];
        exported.Everywhere($"{connection}", Place.Trace);
        exported.Everywhere("connections.activities.ended", Place.Metrics);
        IReadOnlyList<Place> seen = [.. exported, Place.Create(Place.Log, "of the hosts", hosts.Output)];
        seen.Nowhere([password, input, new Canary("the API key", api.Key!, api.Key!)]);
    }

    // One JSON object per line, with named values.
    private static bool Logged(Deployment hosts, Span hop) => hosts.Output.Split('\n')
        .Where(line => line.Contains("\"Connections.Hops\"", StringComparison.Ordinal))
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("State"))
        .Any(entry => ($"{entry.GetProperty("Flow")}", $"{entry.GetProperty("Hop")}", $"{entry.GetProperty("Events")}", $"{entry.GetProperty("TraceId")}")
            == (hop.Source, hop.Name, hop["connections.events"], hop.Trace));

    private static object Input(Guid activity, Canary canary) => new
    {
        method = "POST",
        path = $"/{ProviderBehaviour.Quick}/{activity}",
        body = new { canary = canary.Value }
    };

    // Returns all spans of the trace with this hop of the activity, once the hop was received.
    private async Task<Span[]> Trace(Deployment hosts, Guid activity, string last, string? sender = null)
    {
        bool IsOfActivity(Span s) => s["connections.stream"].EndsWith($"{activity}", StringComparison.Ordinal);
        await Until.Holds(() => collector.Spans.Any(s => IsOfActivity(s) && s.Name == last), $"{last} of {activity} is exported", Long);
        // Each host exports at its own time.
        var trace = Assert.Single(collector.Spans.Where(IsOfActivity).Select(s => s.Trace).Distinct());
        Span[] Seen() => [.. collector.Spans.Where(s => s.Trace == trace)];
        await Until.Seen(
            () => Task.FromResult(Missing(Seen(), sender)),
            missing => missing.Length == 0 || Refused(hosts).Length > 0,
            "the rest of the trace is exported",
            Long);
        Assert.Equal("", Refused(hosts));
        return Seen();
    }

    // Hosts log an export that failed: its spans are lost.
    private string Refused(Deployment hosts) => string.Join('\n', collector.Faults
        .Concat(hosts.Output.Split('\n').Where(line => line.Contains("did not take an export", StringComparison.Ordinal))));

    // Names what the trace lacks; empty for a whole one.
    // A span is exported when it ends. The parent of an attempt, the handling of its message, ends later.
    private static string Missing(Span[] trace, string? sender)
    {
        var orphans = trace.Where(s => s.Parent.Length > 0 && s.Parent != sender && !trace.Any(other => other.Id == s.Parent));
        string?[] missing =
        [
            trace.Count(s => s["connections.events"].Contains("activity-succeeded", StringComparison.Ordinal)) < 2 ? "the append of its end" : null,
            trace.Any(s => s.Name == "attempt") ? null : "the attempt",
            .. orphans.Select(s => $"the parent of {s.Host} {s.Source} {s.Name}")
        ];
        var lacks = string.Join(", ", missing.OfType<string>());
        return lacks.Length == 0 ? "" : $"{lacks}; has {string.Join(", ", trace.Select(s => $"{s.Host} {s.Source} {s.Name}"))}";
    }

    // Only the service's own spans, in causal order.
    private static (string Host, string Name, string Events)[] Hops(Span[] trace)
    {
        string[] order = ["append activity-requested", "send-requested", "attempt", "append activity-started", "connector", "append activity-succeeded", "publish"];
        int Place(Span s) => Array.FindIndex(order, o => $"{s.Name} {s["connections.events"]}".StartsWith(o, StringComparison.Ordinal));
        return [.. trace.Where(s => s.Source.StartsWith("Connections.", StringComparison.Ordinal)).OrderBy(s => s.Name == "append" && s["connections.events"].Contains(' ', StringComparison.Ordinal) ? 3 : Place(s))
            .Select(s => (s.Host, s.Name, s["connections.events"]))];
    }

    private async Task MetricsCame(Guid connection)
    {
        (string, string)[] expected =
        [
            (Api, "connections.activities.accepted"), (Api, "connections.known"), (Api, "connections.loop.lag"), (Api, "connections.loop.behind"),
            (Deployment.ConnectionWorker, "connections.loop.position"), (Deployment.ActivityWorker, "connections.activities.accepted"),
            (Deployment.ActivityWorker, "connections.activities.ended"), (Deployment.ActivityWorker, "connections.connector.duration"),
            (Deployment.ActivityWorker, "connections.operator.faults")
        ];
        await Until.Holds(() => expected.All(collector.Metrics.ContainsKey), $"metrics of {connection} are exported", Long);
    }
}
