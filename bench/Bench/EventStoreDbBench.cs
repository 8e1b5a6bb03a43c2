using System.Collections.Concurrent;
using System.Diagnostics;
using EventSourcing;
using EventSourcing.EventStoreDb;
using EventSourcing.EventStoreDb.Protocol;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bench;

/// <summary>Compares appends through the log with the bare protocol: the same messages in one call, without any further logic.</summary>
internal static class EventStoreDbBench
{
    private const int AppendsPerStream = 3;
    private const int Rounds = 3;

    public static async Task Run(Options options)
    {
        var connection = options.Text("connection") ?? "esdb://127.0.0.1:2113?tls=false";
        var (callers, bytes) = (options.Number("callers", 64), options.Number("bytes", 300));
        var stretch = TimeSpan.FromSeconds(options.Number("seconds", 5) / (double)Rounds);
        using var log = EventStoreDbEventLog.Open(connection, TimeProvider.System, NullLogger<EventStoreDbEventLog>.Instance);
        await log.Reach(default);
        var settings = ConnectionString.Parse(connection);
        using var node = new Node(settings, settings.Hosts[0], TimeProvider.System);
        using var bare = new BareAppends(node);
        Task OverTheLog(string stream, long expected) => log.Append(stream, expected, [Event(bytes)], default);
        Task Bare(string stream, long expected) => bare.Append(stream, expected, bytes);
        await Measure(callers, stretch, OverTheLog); // warm up
        await Measure(callers, stretch, Bare);
        List<Measured> overTheLog = [], overTheWire = [];
        for (var round = 0; round < Rounds; round++) // alternate, because both run on the same machine
        {
            overTheLog.Add(await Measure(callers, stretch, OverTheLog));
            overTheWire.Add(await Measure(callers, stretch, Bare));
        }

        var (measured, floor) = (Median(overTheLog), Median(overTheWire));
        Report.Print("eventstoredb.append", measured, new { ofFloor = Math.Round(measured.Rate / floor.Rate, 3) }, ("protocol", floor));
    }

    private static Measured Median(List<Measured> results) => results.OrderBy(r => r.Rate).ElementAt(results.Count / 2);

    private static async Task<Measured> Measure(int callers, TimeSpan stretch, Func<string, long, Task> append)
    {
        using var meter = new Meter();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (meter.Elapsed < stretch)
            {
                var stream = $"activity-default:{Guid.NewGuid()}";
                for (var n = 0; n < AppendsPerStream; n++)
                {
                    var since = Stopwatch.GetTimestamp();
                    await append(stream, n - 1);
                    meter.Done(since);
                }
            }
        })));
        return meter.Read();
    }

    private static NewEvent Event(int bytes) => new(Guid.CreateVersion7(), "activity-started", new byte[bytes], new byte[120]);

    /// <summary>One BatchAppend call, a lock for its writer, and a table of waiting callers.</summary>
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
                    var response = call.ResponseStream.Current;
                    if (response.Error is { } error) throw new InvalidOperationException($"code {error.Code}");
                    if (waiting.TryRemove(response.CorrelationId.Structured.LeastSignificantBits, out var done)) done.SetResult();
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
