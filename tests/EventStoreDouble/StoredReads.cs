using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using EventSourcing;
using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;

namespace EventStoreDouble;

using Options = ReadReq.Types.Options;

/// <summary>The reads that the client makes, with the messages that the server sends for them.</summary>
internal static class StoredReads
{
    private const int LiveBuffer = 64; // a live subscription that falls further behind is ended

    public static async IAsyncEnumerable<ReadResp> ReadStream(
        StoredStreams streams, Options options, [EnumeratorCancellation] CancellationToken ct)
    {
        var events = await streams.Read(options.Stream.StreamIdentifier.StreamName.ToStringUtf8(), ct);
        if (events.Count == 0)
        {
            yield return new ReadResp { StreamNotFound = new() { StreamIdentifier = options.Stream.StreamIdentifier } };
            yield break;
        }

        var wanted = options.Direction == ReadReq.Types.Direction.Backwards
            ? events.Reverse()
            : events.Where(e => (ulong)e.Revision >= options.Stream.Revision);
        foreach (var e in wanted.Take((int)Math.Min(options.Count, int.MaxValue))) yield return Wire.Event(e);
        yield return new ReadResp { LastStreamPosition = (ulong)events[^1].Revision };
    }

    /// <summary>One event: the first from a position on, or the last one of the whole log.</summary>
    public static async IAsyncEnumerable<ReadResp> ReadAll(
        StoredStreams streams, Options options, [EnumeratorCancellation] CancellationToken ct)
    {
        if (options.Count != 1) throw new RpcException(new Status(StatusCode.Unimplemented, "This double reads one event of all."));
        var log = await streams.Log();
        var head = await log.Head(ct);
        var at = options.Direction == ReadReq.Types.Direction.Backwards ? head : (long)(options.All.Position?.CommitPosition ?? 1);
        if (head == Position.Start || at > head) yield break;
        await foreach (var batch in log.Subscribe([], at - 1, ct))
        {
            if (batch.Events.Count > 0) yield return Wire.Event(batch.Events[0]);
            yield break;
        }
    }

    public static async IAsyncEnumerable<ReadResp> Subscription(
        StoredStreams streams, Options options, [EnumeratorCancellation] CancellationToken ct)
    {
        var interval = options.Filter.Max * options.Filter.CheckpointIntervalMultiplier;
        if (interval == 0) throw new RpcException(new Status(StatusCode.InvalidArgument, "A filter has a window."));
        var by = options.Filter.StreamIdentifier;
        var regex = new Regex(by.Regex);
        bool Fits(string stream) => by.Prefix.Count > 0
            ? by.Prefix.Any(p => stream.StartsWith(p, StringComparison.Ordinal))
            : regex.IsMatch(stream);
        yield return new ReadResp { Confirmation = new ReadResp.Types.Confirmation { SubscriptionId = Guid.NewGuid().ToString() } };
        var (considered, live) = (0u, false);
        await foreach (var batch in (await streams.Log()).Subscribe([], (long)(options.All.Position?.CommitPosition ?? 0), ct))
        {
            if (live && batch.Events.Count > LiveBuffer)
                throw new RpcException(new Status(StatusCode.Aborted, "Consumer too slow to handle event while live."));
            foreach (var e in batch.Events)
            {
                if (Fits(e.Stream)) yield return Wire.Event(e);
                if (++considered % interval != 0) continue;
                yield return new ReadResp
                {
                    Checkpoint = new ReadResp.Types.Checkpoint { CommitPosition = (ulong)e.Position, PreparePosition = (ulong)e.Position }
                };
            }

            if (live || !batch.CaughtUp) continue;
            live = true;
            yield return new ReadResp { CaughtUp = new ReadResp.Types.CaughtUp() };
        }
    }
}
