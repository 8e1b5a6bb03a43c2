using System.Diagnostics;
using TestServers;

namespace Bench;

/// <summary>Measures Standalone over HTTP in a separate process: its CPU time, not that of the callers.</summary>
internal static class HttpBench
{
    private static readonly object Query = new { sql = "SELECT customer, sum(total) FROM orders GROUP BY customer", maxRows = 10 };

    /// <summary>Activities with a real query: POST, then GET until the activity has ended.</summary>
    public static async Task Activities(Options options)
    {
        using var folder = new Folder(options);
        await Fill.Data(folder, options);
        await using var postgres = await Shop();
        using var service = await HostedService.Start(folder.Path);
        var connections = new List<Guid>();
        for (var i = 0; i < options.Number("over", 1); i++) connections.Add(await Connect(service, postgres, i));
        Task Activity(int caller) => Run(service, connections[caller % connections.Count], "run-query", Query);
        await Load(service, options, TimeSpan.FromSeconds(options.Number("warmup", 3)), Activity);
        var measured = await Load(service, options, TimeSpan.FromSeconds(options.Number("seconds", 10)), Activity);
        Report.Print("http.activities", measured, new { readySeconds = service.Ready.TotalSeconds });
    }

    /// <summary>Creates connections with an API key and without a test, then reads them by id.</summary>
    public static async Task Claims(Options options)
    {
        using var folder = new Folder(options);
        await Fill.Data(folder, options);
        using var service = await HostedService.Start(folder.Path);
        var (made, time) = (new System.Collections.Concurrent.ConcurrentBag<string>(), TimeSpan.FromSeconds(options.Number("seconds", 10)));
        async Task Create(int _) => made.Add((await service.Post("/api/connections", Keyed($"{Guid.NewGuid()}"))).GetProperty("id").GetString()!);
        await Load(service, options, TimeSpan.FromSeconds(options.Number("warmup", 3)), Create);
        Report.Print("http.create", await Load(service, options, time, Create));
        var ids = made.ToArray();
        Report.Print("http.read", await Load(
            service, options, time, _ => service.Get($"/api/connections/{ids[Random.Shared.Next(ids.Length)]}")));
    }

    /// <summary>Starts the service on a new folder, then measures its idle cost.</summary>
    public static async Task Start(Options options)
    {
        for (var i = 0; i < options.Number("times", 5); i++)
        {
            using var folder = new Folder(options);
            using var service = await HostedService.Start(folder.Path);
            using var meter = new Meter(Process.GetProcessById(service.Process.Id));
            await Task.Delay(TimeSpan.FromSeconds(options.Number("seconds", 5)), TimeProvider.System);
            var idle = meter.Read(1);
            Report.Print("start", idle, new { readySeconds = Math.Round(service.Ready.TotalSeconds, 3) });
        }
    }

    public static async Task<Measured> Load(HostedService service, Options options, TimeSpan time, Func<int, Task> operation)
    {
        using var meter = new Meter(Process.GetProcessById(service.Process.Id));
        await Task.WhenAll(Enumerable.Range(0, options.Number("callers", 8)).Select(caller => Task.Run(async () =>
        {
            while (meter.Elapsed < time)
            {
                var since = Stopwatch.GetTimestamp();
                await operation(caller);
                meter.Done(since);
            }
        })));
        return meter.Read();
    }

    /// <summary>Runs an activity, and waits for its end.</summary>
    public static async Task Run(HostedService service, Guid connection, string activity, object input)
    {
        var id = Guid.NewGuid();
        await service.Post("/api/activities", new { id, connectionId = connection, activity, input });
        var status = (await service.Get($"/api/activities/{id}?waitSeconds=20")).GetProperty("status").GetString();
        if (status != "succeeded") throw new InvalidOperationException($"The activity is {status}.");
    }

    private static async Task<Guid> Connect(HostedService service, PostgresServer postgres, int n)
    {
        await postgres.Sql($"CREATE ROLE role_{n} LOGIN PASSWORD 'password-{n}'");
        var made = await service.Post("/api/connections", new
        {
            connector = "postgres",
            name = $"Shop {n}",
            settings = new { host = PostgresServer.Host, port = postgres.Port, database = "shop", tls = "disable" },
            credentials = new { username = $"role_{n}", password = $"password-{n}" }
        });
        return made.GetProperty("id").GetGuid();
    }

    private static object Keyed(string name) => new
    {
        connector = "http",
        name,
        skipTest = true,
        settings = new { baseUrl = $"https://{name}.example", auth = "bearer" },
        credentials = new { token = $"token-{name}" }
    };

    private static async Task<PostgresServer> Shop()
    {
        var server = await PostgresServer.Create();
        await server.Sql("CREATE DATABASE shop");
        await server.Sql("CREATE TABLE orders (id int PRIMARY KEY, customer text, total numeric(12, 2))", "shop");
        await server.Sql("INSERT INTO orders SELECT i, 'customer ' || i % 5, i * 1.5 FROM generate_series(1, 50) i", "shop");
        await server.Sql("GRANT ALL ON TABLE orders TO PUBLIC", "shop");
        return server;
    }
}
