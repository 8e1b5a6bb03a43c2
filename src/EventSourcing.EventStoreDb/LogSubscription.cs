using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// A filtered subscription to the whole log. Nothing is buffered beyond the HTTP/2 window: a slow reader slows the server, which then drops
/// the subscription, and the reader resumes from its position. The server reports its progress every so many events: rarely while it has
/// many events to scan, at each event when the log is quiet, so that a reader of quiet streams is never behind.
/// </summary>
internal sealed class LogSubscription(Cluster cluster, IReadOnlyList<string> prefixes, long after, TimeProvider clock) : IDisposable
{
    private const int MaxEvents = 512;
    private const int MaxLookups = 16;
    private const uint ScanWindow = 512;
    private const uint LiveWindow = 1;

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly PrefixFilter filter = new(prefixes);
    private readonly List<RecordedEvent> found = [];
    private long position = after;
    private uint window = ScanWindow;
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
        await subscription.ThrowIfOtherLog(head);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (await subscription.Next(ct) is { } batch) yield return batch;
        }
    }

    public void Dispose() => Close();

    private async Task ThrowIfOtherLog(Func<Task<long>> head)
    {
        if (position == Position.Start || await head() is var end && position <= end) return;
        throw new InvalidOperationException(
            $"The reader's position {position} is beyond the end of the log at {end}: this is not the log that was read before. "
            + "Restore the newer log, or remove the reader's checkpoint and rows to read again from the start.");
    }

    /// <summary>Null when the subscription was lost or has to be opened again.</summary>
    private async Task<LogBatch?> Next(CancellationToken ct)
    {
        if (call is null) node = await cluster.Open(Open, ct);
        try
        {
            return await Collect(ct);
        }
        catch (RpcException e)
        {
            ct.ThrowIfCancellationRequested();
            Close();
            window = ScanWindow;
            cluster.Failed(node, e);
            return null;
        }
        catch (ObjectDisposedException)
        {
            Close(); // another caller found the node lost and disposed it
            return null;
        }
    }

    private async Task<Node> Open(Node at, CancellationToken ct)
    {
        found.Clear();
        // The server starts after the first event at or after a position. If that event was scavenged, the server would skip the next one.
        var anchor = position == Position.Start ? null : await StreamReads.FirstFrom(at, position, ct);
        var from = anchor is null ? position : (long)anchor.CommitPosition;
        if (anchor is not null && from > position) Take(anchor);
        var options = StreamReads.Options();
        (options.All, options.Subscription) = (StreamReads.At(from), new ReadReq.Types.Subscription());
        options.Filter = new ReadReq.Types.Filter { Max = window, CheckpointIntervalMultiplier = 1, StreamIdentifier = new() };
        if (prefixes.Count > 0) options.Filter.StreamIdentifier.Prefix.AddRange(prefixes);
        else options.Filter.StreamIdentifier.Regex = @"^[^\$]"; // all but the system streams
        call = at.Streams.Read(new ReadReq { Options = options }, at.Headers, cancellationToken: ct);
        (caughtUp, next) = (false, null);
        return at;
    }

    private async Task<LogBatch?> Collect(CancellationToken ct)
    {
        var reached = position;
        var report = false;
        while (!report && found.Count < MaxEvents)
        {
            next ??= call!.ResponseStream.MoveNext(ct);
            if (!next.IsCompleted)
            {
                if (found.Count > 0 || reached > position) break;
                if (caughtUp && window == ScanWindow && !await Arrives(next, ct))
                {
                    window = LiveWindow;
                    Close();
                    return null;
                }
            }

            if (!await next) throw new RpcException(new Status(StatusCode.Unavailable, "The subscription ended."));
            next = null;
            cluster.Responded();
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
                    (caughtUp, report) = (true, !caughtUpReported);
                    break;
                case ReadResp.ContentOneofCase.FellBehind:
                    caughtUp = false;
                    break;
            }
        }

        var more = found.Count >= MaxEvents || next is { IsCompleted: true };
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

    // Removed events stay in $all until the server has scavenged. Retention removes nothing that a caught-up reader has not read.
    private async Task<RecordedEvent[]> WithoutRemoved(CancellationToken ct)
    {
        var firstRemaining = new ConcurrentDictionary<string, long>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxLookups, CancellationToken = ct };
        await Parallel.ForEachAsync(found.DistinctBy(e => e.Stream), options, async (e, token) =>
        {
            var first = await StreamReads.Forwards(node!, e.Stream, e.Revision, 1, token).FirstOrDefaultAsync(token);
            firstRemaining[e.Stream] = (long?)first?.StreamRevision ?? long.MaxValue;
        });
        return [.. found.Where(e => e.Revision >= firstRemaining[e.Stream])];
    }

    private async Task<bool> Arrives(Task<bool> message, CancellationToken ct)
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
