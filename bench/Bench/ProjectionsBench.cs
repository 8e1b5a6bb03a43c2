using Connections.Domain.Token;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Usage;
using Connections.ReadModels.Waits;
using Dapper;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bench;

/// <summary>
/// Projects an existing log into rows with the projections of connections, grants, activities, waits and usage, concurrently as in a host.
/// </summary>
internal static class ProjectionsBench
{
    private const int RowsPerInsert = 100;

    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        using var log = SqliteEventLog.Open(folder.File("log.db"), TimeProvider.System);
        if (await log.Head(default) == 0) await Fill.Log(log, options.Number("connections", 1_000), options.Number("events", 60_000));
        await RowStores.Each(folder, async (store, database) =>
        {
            var floor = await Floor(database, options.Number("floorRows", 20_000));
            Report.Print($"projections.{store}", await Project(log, database), new { events = await log.Head(default) }, ("multiRowInsert", floor));
        });
    }

    public static IProjection[] All(WakeSignal signal) =>
        [new ConnectionsProjection(), new GrantsProjection(new Lifetimes()), new ActivitiesProjection(), new WaitsProjection(signal), new UsageProjection()];

    private static async Task<Measured> Project(SqliteEventLog log, SqlDatabase database)
    {
        using var signal = new WakeSignal();
        return await CatchUp(log, database, All(signal));
    }

    /// <summary>Projects the log up to its head.</summary>
    public static async Task<Measured> CatchUp(SqliteEventLog log, SqlDatabase database, IReadOnlyList<IProjection> projections)
    {
        var (head, health) = (await log.Head(default), new LoopHealth(TimeProvider.System));
        var tools = new LoopContext(log, new SoleInstance(), health, TimeProvider.System, NullLoggerFactory.Instance);
        var loops = projections.Select(p => new ProjectionLoop(p, database, tools)).ToArray();
        using var meter = new Meter();
        foreach (var loop in loops) await loop.StartAsync(default);
        await Task.WhenAll(projections.Select(p => health.Reached(p.Name, head, default)));
        var measured = meter.Read((int)head);
        foreach (var loop in loops) await loop.StopAsync(default);
        return measured;
    }

    private sealed class Lifetimes : IGrantLifetimes
    {
        public GrantLifetime For(string connector) => new(IdleLimit: TimeSpan.FromDays(90));
    }

    /// <summary>Bare inserts of rows of the size of an activity, many per statement and transaction.</summary>
    private static async Task<Measured> Floor(SqlDatabase database, int rows)
    {
        await new Migrations("floor", "CREATE TABLE floor_rows (id BIGINT PRIMARY KEY, view TEXT NOT NULL)").Apply(database, default);
        var view = new string('v', 900);
        using var meter = new Meter();
        for (var first = 0; first < rows; first += RowsPerInsert)
        {
            await using var write = await database.BeginWrite(default);
            var parameters = new DynamicParameters();
            for (var i = 0; i < RowsPerInsert; i++)
            {
                parameters.Add($"i{i}", (long)first + i);
                parameters.Add($"v{i}", view);
            }

            var values = string.Join(", ", Enumerable.Range(0, RowsPerInsert).Select(i => $"(@i{i}, @v{i})"));
            await write.Connection.ExecuteAsync($"INSERT INTO floor_rows (id, view) VALUES {values}", parameters, write.Transaction);
            await write.Commit(default);
        }

        return meter.Read(rows);
    }
}
