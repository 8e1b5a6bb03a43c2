using System.Diagnostics;
using Connections.ReadModels.Connections;
using Dapper;
using EventSourcing.Sql;

namespace Bench;

/// <summary>Measures the query for connections that are due for a health check.</summary>
internal static class SweepBench
{
    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        var (connections, due) = (options.Number("connections", 1_000_000), options.Number("due", 10_000));
        await RowStores.Each(folder, async (store, database) =>
        {
            await Fill(database, connections, due);
            var queries = new ConnectionQueries(new ReadModelDatabase(database));
            using var meter = new Meter();
            for (var time = 0; time < options.Number("times", 20); time++)
            {
                var since = Stopwatch.GetTimestamp();
                var found = await queries.DueForCheck(new DateTimeOffset(due, TimeSpan.Zero), connections, default);
                meter.Done(since);
                if (found.Count != due) throw new InvalidOperationException($"Found {found.Count} of {due} due connections.");
            }

            Report.Print($"sweep.{store}", meter.Read(), new { connections, due });
        });
    }

    // Connection n is due at tick n.
    private static async Task Fill(SqlDatabase database, int connections, int due)
    {
        await new ConnectionsProjection().Tables.Apply(database, default);
        var id = database.Provider == SqlProvider.PostgreSql
            ? "lpad(to_hex(n), 8, '0') || '-0000-4000-8000-000000000000'"
            : "printf('%08x-0000-4000-8000-000000000000', n)";
        await using (var write = await database.BeginWrite(default))
        {
            await write.Connection.ExecuteAsync(
                $"""
                WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @connections)
                INSERT INTO connections (workspace, id, connector, name, name_key, status, created_at, check_at, secrets_left, view)
                SELECT 'default', {id}, 'nothing', 'Connection', 'connection', 'connected', n, CASE WHEN n <= @due THEN n ELSE n + 1000000 END, 0,
                    '{new string('v', 600)}' FROM numbers
                """,
                new { connections, due },
                write.Transaction,
                commandTimeout: 600);
            await write.Commit(default);
        }

        await using var open = await database.Open(default);
        await open.ExecuteAsync("ANALYZE connections");
    }
}
