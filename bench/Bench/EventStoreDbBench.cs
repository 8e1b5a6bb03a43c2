using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using EventSourcing;
using EventSourcing.EventStoreDb;
using EventSourcing.EventStoreDb.Protocol;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bench;

/// <summary>Appenders over the log, and over the bare protocol beside it: the same messages in one call, and no more.</summary>
internal static class EventStoreDbBench
{
    private const int AppendsPerStream = 3;
    private const int Rounds = 3;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task<int> Run(Options options)
    {
        var connection = options.Text("connection", "esdb://127.0.0.1:2113?tls=false");
        var (appenders, bytes) = (options.Number("appenders", 64), options.Number("bytes", 300));
        var stretch = TimeSpan.FromSeconds(options.Number("seconds", 5) / (double)Rounds);
        using var log = EventStoreDbEventLog.Open(connection, TimeProvider.System, NullLogger<EventStoreDbEventLog>.Instance);
        await log.Reach(default);
        var settings = ConnectionString.Parse(connection);
        using var node = new Node(settings, settings.Hosts[0], TimeProvider.System);
        using var bare = new BareAppends(node);
        Task OverTheLog(string stream, long expected) => log.Append(stream, expected, [Event(bytes)], default);
        Task Bare(string stream, long expected) => bare.Append(stream, expected, bytes);
        await Measure(appenders, stretch, OverTheLog); // warm
        await Measure(appenders, stretch, Bare);
        List<Result> overTheLog = [], overTheWire = [];
        for (var round = 0; round < Rounds; round++) // turn by turn: both on the same machine
        {
            overTheLog.Add(await Measure(appenders, stretch, OverTheLog));
            overTheWire.Add(await Measure(appenders, stretch, Bare));
        }

        var (ours, floor) = (Median(overTheLog), Median(overTheWire));
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                Bench = "log",
                Store = "eventstoredb",
                appenders,
                ours.Rate,
                ours.P50Milliseconds,
                ours.P99Milliseconds,
                ours.CpuMicroseconds,
                FloorRate = floor.Rate,
                FloorP50Milliseconds = floor.P50Milliseconds,
                FloorCpuMicroseconds = floor.CpuMicroseconds,
                OfFloor = Math.Round(ours.Rate / floor.Rate, 3)
            },
            Json));
        return 0;
    }

    private static Result Median(List<Result> results) => results.OrderBy(r => r.Rate).ElementAt(results.Count / 2);

    private static async Task<Result> Measure(int appenders, TimeSpan stretch, Func<string, long, Task> append)
    {
        var latencies = new ConcurrentBag<List<double>>();
        var meter = new Meter();
        await Task.WhenAll(Enumerable.Range(0, appenders).Select(_ => Task.Run(async () =>
        {
            var taken = new List<double>();
            latencies.Add(taken);
            while (meter.Elapsed < stretch)
            {
                var stream = $"activity-default:{Guid.NewGuid()}";
                for (var n = 0; n < AppendsPerStream; n++)
                {
                    var started = Stopwatch.GetTimestamp();
                    await append(stream, n - 1);
                    taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }
            }
        })));
        var all = latencies.SelectMany(l => l).Order().ToArray();
        var measured = meter.Of(all.Length);
        return new Result(
            measured.Rate, Math.Round(all[all.Length / 2], 3), Math.Round(all[all.Length * 99 / 100], 3), measured.CpuMicroseconds);
    }

    private static NewEvent Event(int bytes) => new(Guid.CreateVersion7(), "activity-started", new byte[bytes], new byte[120]);

    private sealed record Result(double Rate, double P50Milliseconds, double P99Milliseconds, double CpuMicroseconds);

    /// <summary>One BatchAppend call, a lock for its writer, and a table of who waits.</summary>
    private sealed class BareAppends : IDisposable
    {
        private readonly Grpc.Core.AsyncDuplexStreamingCall<BatchAppendReq, BatchAppendResp> call;
        private readonly ConcurrentDictionary<long, TaskCompletionSource> waiting = new();
        private readonly SemaphoreSlim writing = new(1, 1);
        private long last;

        public BareAppends(Node node)
        {
            call = node.Streams.BatchAppend(node.Headers);
            _ = Task.Run(async () =>
            {
                while (await call.ResponseStream.MoveNext(default))
                {
                    var answer = call.ResponseStream.Current;
                    if (answer.Error is { } error) throw new InvalidOperationException($"code {error.Code}");
                    if (waiting.TryRemove(answer.CorrelationId.Structured.LeastSignificantBits, out var done)) done.SetResult();
                }
            });
        }

        public async Task Append(string stream, long expected, int bytes)
        {
            var number = Interlocked.Increment(ref last);
            var done = waiting[number] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var request = new BatchAppendReq
            {
                CorrelationId = new UUID { Structured = new UUID.Types.Structured { LeastSignificantBits = number } },
                Options = new() { StreamIdentifier = Messages.Stream(stream) },
                ProposedMessages = { Messages.Proposed(Event(bytes), appendGoesOn: false) },
                IsFinal = true
            };
            if (expected < 0) request.Options.NoStream = new Google.Protobuf.WellKnownTypes.Empty();
            else request.Options.StreamPosition = (ulong)expected;
            request.Options.Deadline = Duration.FromTimeSpan(TimeSpan.FromSeconds(10));
            await writing.WaitAsync();
            try
            {
                await call.RequestStream.WriteAsync(request);
            }
            finally
            {
                writing.Release();
            }

            await done.Task;
        }

        public void Dispose()
        {
            call.Dispose();
            writing.Dispose();
        }
    }
}
