using System.Collections.Concurrent;
using EventSourcing.EventStoreDb.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace EventSourcing.EventStoreDb;

using Failure = BatchAppendResp.Types.Failure;
using Nothing = Google.Protobuf.WellKnownTypes.Empty;
using Options = BatchAppendReq.Types.Options;
using ProposedMessage = BatchAppendReq.Types.ProposedMessage;

/// <summary>Repeats an append until there is a response. The server recognises events that it has written already by their ids.</summary>
internal sealed class Appends(Cluster cluster, ConnectionString settings, SeenPosition seen, TimeProvider clock)
{
    private static readonly TimeSpan ReadAgain = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxHidden = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Task> underWay = new();

    public async Task<Appended> At(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The server does not respond to a repeated append while the first one is under way: wait for the first one.
        while (underWay.GetOrAdd(events[0].Id, done.Task) is var first && first != done.Task) await first.WaitAsync(ct);
        try
        {
            return await AppendOnce(stream, expected, events, ct);
        }
        finally
        {
            underWay.TryRemove(events[0].Id, out _);
            done.SetResult();
        }
    }

    /// <summary>Appends at any revision. For the server's own stream metadata.</summary>
    public Task AppendAny(string stream, NewEvent e, CancellationToken ct) =>
        Send(stream, Revision.NoStream, new Options { Any = new Nothing() }, [Messages.Proposed(e, appendGoesOn: false)], ct);

    private async Task<Appended> AppendOnce(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        var before = seen.Highest;
        var options = expected == Revision.NoStream
            ? new Options { NoStream = new Nothing() }
            : new Options { StreamPosition = (ulong)expected };
        var appended = await Send(
            stream, expected, options, [.. events.Select((e, i) => Messages.Proposed(e, appendGoesOn: i < events.Count - 1))], ct);
        // A position that is not new: the server took the events for those of an earlier append.
        if (appended.Position <= before) return await FindEarlierAppend(stream, expected, events.Count, ct);
        seen.Add(appended.Position);
        // The stream was removed before: its revisions continue. The server shows its new events some time later, up to a second.
        if (expected == Revision.NoStream && appended.Revision >= events.Count) await BecomeReadable(stream, appended.Revision);
        return appended;
    }

    private async Task BecomeReadable(string stream, long revision)
    {
        for (var started = clock.GetTimestamp(); clock.GetElapsedTime(started) < MaxHidden; await Task.Delay(ReadAgain, clock))
        {
            var last = await cluster.Run((node, ct) => StreamReads.Last(node, stream, ct).AsTask(), CancellationToken.None);
            if (last is not null && last.StreamRevision >= (ulong)revision) return;
        }
    }

    private Task<Appended> Send(string stream, long expected, Options options, ProposedMessage[] messages, CancellationToken ct)
    {
        options.StreamIdentifier = Messages.Stream(stream);
        options.Deadline = Duration.FromTimeSpan(settings.DefaultDeadline);
        return cluster.Run(
            async (node, _) =>
            {
                // A sent append is not cancelled: its caller learns whether the events were written.
                var request = new BatchAppendReq { Options = options, ProposedMessages = { messages }, IsFinal = true };
                var response = await node.Appends.Send(request);
                return response.Error is null
                    ? new Appended((long)response.Success.CurrentRevision, (long)response.Success.Position.CommitPosition)
                    : throw ToException(stream, expected, response.Error);
            },
            ct);
    }

    private async Task<Appended> FindEarlierAppend(string stream, long expected, int count, CancellationToken ct)
    {
        var (from, to) = (Math.Max(expected, 0), expected + count);
        var events = await cluster.Run(
            async (node, token) => await StreamReads.Forwards(node, stream, from, to - from + 1, token).ToArrayAsync(token), ct);
        // An earlier append ended just before these events (if the event before them still exists), ends at their last one, and not in
        // between.
        var whole = events.Length > 0 && (long)events[^1].StreamRevision == to && events.All(e =>
            AppendMark.IsOn(e.CustomMetadata.Span) == ((long)e.StreamRevision != expected && (long)e.StreamRevision != to));
        return whole ? new Appended(to, (long)events[^1].CommitPosition) : throw new StreamConflictException(stream, expected);
    }

    private Exception ToException(string stream, long expected, Failure failure) => failure.Details switch
    {
        { } details when details.Is(WrongExpectedVersion.Descriptor) => new StreamConflictException(stream, expected),
        { } details when details.Is(AccessDenied.Descriptor) => Faults.AccessDenied(settings),
        { } details when details.Is(StreamDeleted.Descriptor) => new InvalidOperationException(
            $"Stream {stream} was permanently deleted on the server (a tombstone). This service never does that."),
        { } details when details.TryUnpack<MaximumAppendSizeExceeded>(out var limit) => new InvalidOperationException(
            $"An append to stream {stream} is larger than the server's MaxAppendSize of {limit.MaxAppendSize} bytes."),
        _ => new TryAgainException($"The server cannot append to stream {stream} at the moment (code {failure.Code}).")
    };
}
