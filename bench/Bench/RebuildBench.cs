using Connections.ReadModels.Waits;
using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using EventSourcing.Sql.Rebuilds;
using Microsoft.Extensions.Logging.Abstractions;
using TestServers;

namespace Bench;

/// <summary>
/// Rebuilds each read model beside the live one in PostgreSQL, first under load with running loops, then without load. After the second
/// rebuild the rows must be the same.
/// </summary>
internal static class RebuildBench
{
    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        using var log = SqliteEventLog.Open(folder.File("log.db"), TimeProvider.System);
        if (await log.Head(default) == 0) await Fill.Log(log, options.Number("connections", 1_000), options.Number("events", 60_000));
        await using var server = await PostgresDatabases.Prepared();
        await using var database = new PostgresDatabase(PostgresDatabases.ConnectionString(server));
        using var signal = new WakeSignal();
        var health = new LoopHealth(TimeProvider.System);
        var tools = new LoopContext(log, new SoleInstance(), health, TimeProvider.System, NullLoggerFactory.Instance);
        var projections = ProjectionsBench.All(signal);
        var loops = projections.Select(p => new ProjectionLoop(p, database, tools)).ToArray();
        foreach (var loop in loops) await loop.StartAsync(default);
        await CaughtUp();

        using var stop = new CancellationTokenSource();
        var load = Load(log, options.Number("rate", 200), stop.Token);
        foreach (var projection in projections)
        {
            var before = await log.Head(default);
            using var meter = new Meter();
            var done = await Rebuild(projection);
            var seconds = Math.Round(meter.Elapsed.TotalSeconds, 1);
            Report.Print($"rebuild.{projection.Name}", meter.Read((int)done.Events), new { seconds, done.Events, meanwhile = await log.Head(default) - before });
        }

        await stop.CancelAsync();
        await load;
        await CaughtUp();
        foreach (var projection in projections)
        {
            var rows = await Rows(projection);
            using var meter = new Meter();
            var done = await Rebuild(projection);
            if (await Rows(projection) != rows) throw new InvalidOperationException($"{projection.Name}: the rebuild without load produced different rows.");
            Report.Print($"rebuild.{projection.Name}.atRest", meter.Read((int)done.Events), new { same = rows });
        }

        foreach (var loop in loops) await loop.StopAsync(default);

        async Task CaughtUp()
        {
            var head = await log.Head(default);
            foreach (var projection in projections) await health.Reached(projection.Name, head, default);
        }

        Task<RebuildProgress> Rebuild(IProjection projection) =>
            new Rebuild(database, projection, log, TimeProvider.System).Run(new Progress<RebuildProgress>(), default);

        async Task<string> Rows(IProjection projection)
        {
            await using var connection = await database.Open(default);
            var rows = "";
            foreach (var table in GetTables(projection))
                rows += await connection.ExecuteScalarAsync<string>(
                    $"SELECT '{table} ' || count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {table} t ", commandTimeout: 600);
            return rows;
        }
    }

    private static string[] GetTables(IProjection projection) => projection.Name switch
    {
        "activities" => ["activities", "connection_use"],
        "usage" => ["usage_open", "usage_days", "usage_hours", "usage_times"],
        "waits" => ["waits", "wait_queues", "wait_connections"],
        var name => [name]
    };

    // Appends complete activities at a rate per second.
    private static async Task Load(SqliteEventLog log, int rate, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate), TimeProvider.System);
        var connection = Guid.NewGuid();
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await Fill.Run(log, connection);
        }
        catch (OperationCanceledException)
        {
            // The load was stopped.
        }
    }
}
