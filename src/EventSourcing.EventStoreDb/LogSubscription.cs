using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// A filtered subscription to the whole log. Nothing is buffered beyond HTTP's own window: a slow reader slows the server, which then drops
/// him, and he goes on from where he stood. The server tells how far it has looked at every so-many events: many while it has much to
/// look through, each single one when it is quiet, so that a reader of quiet streams is never behind.
/// </summary>
internal sealed class LogSubscription(Cluster cluster, IReadOnlyList<string> prefixes, long after, TimeProvider clock) : IDisposable
{
    private const int MostEvents = 512;
    private const int LookupsAtOnce = 16;
    private const uint ManyEvents = 512;
    private const uint EachEvent = 1;

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly PrefixFilter filter = new(prefixes);
    private readonly List<RecordedEvent> found = [];
    private long position = after;
    private uint window = ManyEvents;
    private bool caughtUp;
    private bool caughtUpReported;
    private bool everCaughtUp;
    private Node? node;
    private AsyncServerStreamingCall<ReadResp>? call;
    private Task<bool>? next;

    public static async IAsyncEnumerable<LogBatch> Batches(
        LogSubscription subscription, Func<Task<long>> head, [EnumeratorCancellation] CancellationToken ct)
    {
        using var _ = subscription;
        await subscription.RefuseAnotherLog(head);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (await subscription.Next(ct) is { } batch) yield return batch;
        }
    }

    public void Dispose() => Close();

    private async Task RefuseAnotherLog(Func<Task<long>> head)
    {
        if (position == Position.Start || await head() is var end && position <= end) return;
        throw new InvalidOperationException(
            $"The reader stands at position {position}, but the log ends at {end}: it is not the log that was read before. "
            + "Restore the newer log, or remove the reader's checkpoint and rows to read again from the start.");
    }

    /// <summary>Null when the subscription was lost, or is to be made anew: then it is tried again.</summary>
    private async Task<LogBatch?> Next(CancellationToken ct)
    {
        if (call is null) node = await cluster.Run(Open, ct);
        try
        {
            return await Collect(ct);
        }
        catch (RpcException e)
        {
            ct.ThrowIfCancellationRequested();
            Close();
            window = ManyEvents;
            cluster.Failed(node, e);
            return null;
        }
        catch (ObjectDisposedException)
        {
            Close(); // somebody else found the node lost, and left it
            return null;
        }
    }

    private async Task<Node> Open(Node at, CancellationToken ct)
    {
        found.Clear();
        // The server begins behind the first event at or after a position. Where that one was scavenged away it would pass over the next.
        var anchor = position == Position.Start ? null : await StreamReads.FirstFrom(at, position, ct);
        var from = anchor is null ? position : (long)anchor.CommitPosition;
        if (anchor is not null && from > position) Take(anchor);
        var options = StreamReads.Options();
        (options.All, options.Subscription) = (StreamReads.At(from), new ReadReq.Types.Subscription());
        options.Filter = new ReadReq.Types.Filter { Max = window, CheckpointIntervalMultiplier = 1, StreamIdentifier = new() };
        if (prefixes.Count > 0) options.Filter.StreamIdentifier.Prefix.AddRange(prefixes);
        else options.Filter.StreamIdentifier.Regex = @"^[^\$]"; // all but the server's own
        call = at.Streams.Read(new ReadReq { Options = options }, at.Headers, cancellationToken: ct);
        (caughtUp, next) = (false, null);
        return at;
    }

    private async Task<LogBatch?> Collect(CancellationToken ct)
    {
        var reached = position;
        var tell = false;
        while (!tell && found.Count < MostEvents)
        {
            next ??= call!.ResponseStream.MoveNext(ct);
            if (!next.IsCompleted)
            {
                if (found.Count > 0 || reached > position) break;
                if (caughtUp && window == ManyEvents && !await Comes(next, ct))
                {
                    window = EachEvent;
                    Close();
                    return null;
                }
            }

            if (!await next) throw new RpcException(new Status(StatusCode.Unavailable, "The subscription ended."));
            next = null;
            var message = call!.ResponseStream.Current;
            switch (message.ContentCase)
            {
                case ReadResp.ContentOneofCase.Event:
                    Take(message.Event.Event);
                    reached = Math.Max(reached, (long)message.Event.Event.CommitPosition);
                    break;
                case ReadResp.ContentOneofCase.Checkpoint:
                    reached = Math.Max(reached, (long)message.Checkpoint.CommitPosition);
                    break;
                case ReadResp.ContentOneofCase.CaughtUp:
                    (caughtUp, tell) = (true, !caughtUpReported);
                    break;
                case ReadResp.ContentOneofCase.FellBehind:
                    caughtUp = false;
                    break;
            }
        }

        var more = found.Count >= MostEvents || next is { IsCompleted: true };
        var events = everCaughtUp ? found.ToArray() : await WithoutRemoved(ct);
        found.Clear();
        if (events.Length > 0) reached = Math.Max(reached, events[^1].Position);
        position = reached;
        everCaughtUp |= caughtUp;
        return new LogBatch(events, position, caughtUpReported = caughtUp && !more);
    }

    private void Take(ReadResp.Types.Recorded e)
    {
        if ((long)e.CommitPosition <= position || e.StreamIdentifier.StreamName.Span is [(byte)'$', ..]) return;
        var recorded = Messages.Recorded(e);
        if (filter.Takes(recorded.Stream)) found.Add(recorded);
    }

    // What was removed is in $all until the server has scavenged. Nothing is removed that a reader who has caught up has not read.
    private async Task<RecordedEvent[]> WithoutRemoved(CancellationToken ct)
    {
        var firstKept = new ConcurrentDictionary<string, long>();
        var together = new ParallelOptions { MaxDegreeOfParallelism = LookupsAtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(found.DistinctBy(e => e.Stream), together, async (e, token) =>
        {
            var first = await StreamReads.Forwards(node!, e.Stream, e.Revision, 1, token).FirstOrDefaultAsync(token);
            firstKept[e.Stream] = (long?)first?.StreamRevision ?? long.MaxValue;
        });
        return [.. found.Where(e => e.Revision >= firstKept[e.Stream])];
    }

    private async Task<bool> Comes(Task<bool> message, CancellationToken ct)
    {
        try
        {
            await message.WaitAsync(Quiet, clock, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Close()
    {
        call?.Dispose();
        (call, next) = (null, null);
    }
}
