using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using EventSourcing;
using EventSourcing.Sql;
using Microsoft.Data.Sqlite;

namespace Bench;

/// <summary>Appenders that make stream after stream of three appends, as activities do; and the bare SQLite transaction beside it.</summary>
internal static class LogBench
{
    private const int AppendsPerStream = 3;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task<int> Run(Options options)
    {
        var folder = Path.Combine(options.Text("folder", Path.GetTempPath()), $"bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            var floor = Floor(Path.Combine(folder, "floor.db"), options.Number("bytes", 300));
            Console.WriteLine(JsonSerializer.Serialize(await Appends(Path.Combine(folder, "events.db"), options, floor), Json));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Measured Floor(string path, int bytes)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)");
        using var insert = new SqliteCommand("INSERT INTO t (data) VALUES (@data)", connection);
        insert.Parameters.AddWithValue("@data", new byte[bytes]);
        var (meter, count) = (new Meter(), 0);
        for (; meter.Elapsed < TimeSpan.FromSeconds(1); count++) insert.ExecuteNonQuery();
        return meter.Of(count);
    }

    private static async Task<object> Appends(string path, Options options, Measured floor)
    {
        using var log = SqliteEventLog.Open(path, TimeProvider.System);
        await Prefill(log, options.Number("events", 0), options.Number("bytes", 300));
        using var stop = new CancellationTokenSource();
        var head = await log.Head(stop.Token);
        var received = 0;
        var subscribers = Enumerable.Range(0, options.Number("subscribers", 0)).Select(_ => Task.Run(async () =>
        {
            await foreach (var batch in log.Subscribe(["activity-"], head, stop.Token)) Interlocked.Add(ref received, batch.Events.Count);
        })).ToArray();
        var latencies = new ConcurrentBag<List<double>>();
        var (meter, until) = (new Meter(), TimeSpan.FromSeconds(options.Number("seconds", 5)));
        await Task.WhenAll(Enumerable.Range(0, options.Number("appenders", 64)).Select(_ => Task.Run(async () =>
        {
            var taken = new List<double>();
            latencies.Add(taken);
            while (meter.Elapsed < until)
            {
                var stream = NewStream();
                for (var n = 0; n < AppendsPerStream; n++)
                {
                    var started = Stopwatch.GetTimestamp();
                    await log.Append(stream, n - 1, [Event(options.Number("bytes", 300))], default);
                    taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }
            }
        })));
        var all = latencies.SelectMany(l => l).Order().ToArray();
        var measured = meter.Of(all.Length);
        await stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(subscribers));
        return new
        {
            Bench = "log",
            measured.Rate,
            P50Milliseconds = Math.Round(all[all.Length / 2], 3),
            P99Milliseconds = Math.Round(all[all.Length * 99 / 100], 3),
            measured.CpuMicroseconds,
            RssMegabytes = Environment.WorkingSet >> 20,
            received,
            FloorRate = floor.Rate,
            FloorCpuMicroseconds = floor.CpuMicroseconds,
            FileMegabytes = new FileInfo(path).Length >> 20
        };
    }

    private static async Task Prefill(SqliteEventLog log, int events, int bytes)
    {
        var appends = Enumerable.Range(0, events / AppendsPerStream);
        await Parallel.ForEachAsync(appends, new ParallelOptions { MaxDegreeOfParallelism = 512 }, async (_, ct) =>
            await log.Append(NewStream(), Revision.NoStream, [Event(bytes), Event(bytes), Event(bytes)], ct));
    }

    private static string NewStream() => $"activity-default:{Guid.NewGuid()}";

    private static NewEvent Event(int bytes) => new(Guid.CreateVersion7(), "activity-started", new byte[bytes], new byte[120]);

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
