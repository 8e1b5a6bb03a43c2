using System.Diagnostics;
using EventSourcing;
using EventSourcing.Sql;

namespace Bench;

/// <summary>
/// Measures appends to new streams with three appends each, as activities do, then reads of streams, and a subscription from the start.
/// </summary>
internal static class LogBench
{
    private const int AppendsPerStream = 3;

    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        var bytes = options.Number("bytes", 300);
        var floor = Floors.Transaction(folder.File("floor.db"), bytes);
        using var log = SqliteEventLog.Open(folder.File("log.db"), TimeProvider.System);
        await Prefill(log, options.Number("events", 0), bytes);
        await Appends(log, options, bytes, floor);
        await Reads(log, options);
        await Subscription(log);
    }

    private static async Task Appends(SqliteEventLog log, Options options, int bytes, Measured floor)
    {
        var (received, head) = (0, await log.Head(default));
        using var stop = new CancellationTokenSource();
        var subscribers = Enumerable.Range(0, options.Number("subscribers", 0)).Select(_ => Task.Run(async () =>
        {
            await foreach (var batch in log.Subscribe(["activity-"], head, stop.Token)) Interlocked.Add(ref received, batch.Events.Count);
        })).ToArray();
        using var meter = new Meter();
        await RunCallers(options, meter, async () =>
        {
            var stream = NewStream();
            for (var n = 0; n < AppendsPerStream; n++)
            {
                var since = Stopwatch.GetTimestamp();
                await log.Append(stream, n - 1, [Event(bytes)], default);
                meter.Done(since);
            }
        });
        var measured = meter.Read();
        await stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(subscribers));
        Report.Print("log.append", measured, new { received, position = await log.Head(default) }, ("transaction", floor));
    }

    private static async Task Reads(SqliteEventLog log, Options options)
    {
        var streams = new List<string>();
        await foreach (var batch in log.Subscribe([], Position.Start, default))
        {
            streams.AddRange(batch.Events.Select(e => e.Stream).Distinct());
            if (batch.CaughtUp || streams.Count > 10_000) break;
        }

        using var meter = new Meter();
        await RunCallers(options, meter, async () =>
        {
            var since = Stopwatch.GetTimestamp();
            await log.Read(streams[Random.Shared.Next(streams.Count)], default);
            meter.Done(since);
        });
        Report.Print("log.read", meter.Read());
    }

    private static async Task Subscription(SqliteEventLog log)
    {
        var events = 0;
        using var meter = new Meter();
        await foreach (var batch in log.Subscribe(["activity-"], Position.Start, default))
        {
            events += batch.Events.Count;
            if (batch.CaughtUp) break;
        }

        Report.Print("log.subscribe", meter.Read(events));
    }

    private static Task RunCallers(Options options, Meter meter, Func<Task> work)
    {
        var until = TimeSpan.FromSeconds(options.Number("seconds", 5));
        return Task.WhenAll(Enumerable.Range(0, options.Number("callers", 64)).Select(_ => Task.Run(async () =>
        {
            while (meter.Elapsed < until) await work();
        })));
    }

    private static Task Prefill(SqliteEventLog log, int events, int bytes) => Parallel.ForEachAsync(
        Enumerable.Range(0, events / AppendsPerStream),
        new ParallelOptions { MaxDegreeOfParallelism = 512 },
        async (_, ct) => await log.Append(NewStream(), Revision.NoStream, [Event(bytes), Event(bytes), Event(bytes)], ct));

    private static string NewStream() => $"activity-default:{Guid.NewGuid()}";

    private static NewEvent Event(int bytes) => new(Guid.CreateVersion7(), "activity-started", new byte[bytes], new byte[120]);
}
