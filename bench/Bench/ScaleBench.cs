using System.Diagnostics;
using Connections.Hosting;
using Connections.ReadModels.Ledger;
using EventSourcing.Sql;
using TestServers;

namespace Bench;

/// <summary>
/// Fills a deployment with many connections and events, then measures every list, single reads, the sweeps of the jobs, the pages of the
/// console, the memory and the start. One request at a time.
/// </summary>
internal static class ScaleBench
{
    public const double GoalMilliseconds = 20;

    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        var (connections, events) = (options.Number("connections", 1_000_000), options.Number("events", 10_000_000));
        using (var log = SqliteEventLog.Open(folder.File(EmbeddedStores.LogFile), TimeProvider.System))
        {
            if (await log.Head(default) == 0) await Timed("append", () => ScaleFill.Log(log, connections, events, options.Number("workspaces", 10)));
        }

        var results = new List<ScaleResult>();
        foreach (var store in (options.Text("store") ?? "sqlite,postgresql").Split(',')) results.AddRange(await Store(folder, store, options));
        ScaleTable.Print(results);
        if (options.Text("chart") is { } chart) await File.WriteAllTextAsync(chart, ScaleChart.Draw(results, connections, events));
    }

    private static async Task<IReadOnlyList<ScaleResult>> Store(Folder folder, string store, Options options)
    {
        if (store == "sqlite")
        {
            await using var rows = new SqliteDatabase(folder.File(EmbeddedStores.ReadModelFile), SqliteDurability.Rebuildable);
            await using var service = new SqliteDatabase(folder.File(EmbeddedStores.ServiceFile), SqliteDurability.Rebuildable);
            return await Measure(folder, store, rows, service, options);
        }

        await using var server = options.Text("connection") is null ? await PostgresDatabases.Prepared() : null;
        var connection = options.Text("connection") ?? PostgresDatabases.ConnectionString(server!);
        if (server is not null)
        {
            await server.Sql("ALTER SYSTEM SET shared_buffers = '256MB'");
            await server.Restart();
        }

        await using var database = new PostgresDatabase(connection);
        // The key in the folder is one of SQLite. The service writes one of PostgreSQL in its place.
        var (key, kept) = (folder.File(EmbeddedStores.ApiKeyFile), folder.File("api-key.sqlite"));
        if (File.Exists(key)) File.Move(key, kept, overwrite: true);
        try
        {
            return await Measure(folder, store, database, database, options, "--Sql:Provider", "postgresql", "--Sql:Connection", connection);
        }
        finally
        {
            if (File.Exists(kept)) File.Move(kept, key, overwrite: true);
        }
    }

    private static async Task<IReadOnlyList<ScaleResult>> Measure(
        Folder folder, string store, SqlDatabase rows, SqlDatabase service, Options options, params string[] settings)
    {
        using (var log = SqliteEventLog.Open(folder.File(EmbeddedStores.LogFile), TimeProvider.System))
        {
            await Timed($"project.{store}", async () =>
            {
                using var signal = new Connections.ReadModels.Waits.WakeSignal();
                await ProjectionsBench.CatchUp(log, rows, ProjectionsBench.All(signal));
                await ProjectionsBench.CatchUp(log, service, [new LedgerProjection()]);
                await Fill.SkipReactors(service, await log.Head(default));
            });
        }

        var results = new List<ScaleResult>();
        using (await HostedService.Start(folder.Path, settings)) results.Clear(); // the first start creates the keys and the schedule
        using var deployment = await HostedService.Start(folder.Path, settings);
        using var process = Process.GetProcessById(deployment.Process.Id);
        results.Add(new ScaleResult(store, "start until ready", deployment.Ready.TotalMilliseconds, deployment.Ready.TotalMilliseconds, 0));
        var requests = new ScaleRequests(deployment, options.Number("times", 200));
        await requests.Prepare();
        foreach (var (name, path) in requests.All) await requests.Call(path); // fills caches, so that the growth afterwards counts
        var before = Resident();
        foreach (var (name, path) in requests.All) results.Add(await requests.Measure(store, name, () => requests.Call(path), process.Id));
        foreach (var (name, work) in ScaleSweeps.All(rows)) results.Add(await requests.Measure(store, name, work, Environment.ProcessId));
        var after = Resident();
        for (var round = 0; round < 20; round++)
            foreach (var (_, path) in requests.All) await requests.Call(path);
        Console.WriteLine($"{store}: resident memory {before} MiB before the requests, {after} MiB after them, {Resident()} MiB after twenty more of each");
        return results;

        long Resident()
        {
            process.Refresh();
            return process.WorkingSet64 >> 20;
        }
    }

    private static async Task Timed(string what, Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        Console.WriteLine($"{what}: {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s");
    }
}

/// <summary>The latency of one request against one store, and the CPU of the service for it. All in milliseconds.</summary>
internal sealed record ScaleResult(string Store, string Name, double P50, double P99, double Cpu)
{
    public bool IsStart => Name.StartsWith("start", StringComparison.Ordinal);

    public bool Misses => P99 > (IsStart ? 3_000 : ScaleBench.GoalMilliseconds);
}
