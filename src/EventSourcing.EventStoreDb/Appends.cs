using System.Collections.Concurrent;
using EventSourcing.EventStoreDb.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace EventSourcing.EventStoreDb;

using Failure = BatchAppendResp.Types.Failure;
using Nothing = Google.Protobuf.WellKnownTypes.Empty;
using Options = BatchAppendReq.Types.Options;
using ProposedMessage = BatchAppendReq.Types.ProposedMessage;

/// <summary>Appends until there is an answer: with the same ids the server knows what it has written already.</summary>
internal sealed class Appends(Cluster cluster, ConnectionString settings, SeenPosition seen)
{
    private readonly ConcurrentDictionary<Guid, Task> underWay = new();

    public async Task<Appended> At(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // an append that comes again while its first is on its way gets no answer from the server: it is held back
        while (underWay.GetOrAdd(events[0].Id, done.Task) is var first && first != done.Task) await first.WaitAsync(ct);
        try
        {
            return await AtNow(stream, expected, events, ct);
        }
        finally
        {
            underWay.TryRemove(events[0].Id, out _);
            done.SetResult();
        }
    }

    /// <summary>For the server's own metadata of a stream.</summary>
    public Task Anyway(string stream, NewEvent e, CancellationToken ct) =>
        Send(stream, Revision.NoStream, new Options { Any = new Nothing() }, [Messages.Proposed(e, appendGoesOn: false)], ct);

    private async Task<Appended> AtNow(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        var before = seen.Highest;
        var options = expected == Revision.NoStream
            ? new Options { NoStream = new Nothing() }
            : new Options { StreamPosition = (ulong)expected };
        var appended = await Send(
            stream, expected, options, [.. events.Select((e, i) => Messages.Proposed(e, appendGoesOn: i < events.Count - 1))], ct);
        // at or behind what was known before: the server has taken the events for those of an earlier append
        if (appended.Position <= before) return await FindEarlierAppend(stream, expected, events.Count, ct);
        seen.Add(appended.Position);
        return appended;
    }

    private Task<Appended> Send(string stream, long expected, Options options, ProposedMessage[] messages, CancellationToken ct)
    {
        options.StreamIdentifier = Messages.Stream(stream);
        options.Deadline = Duration.FromTimeSpan(settings.DefaultDeadline);
        return cluster.Run(
            async (node, _) =>
            {
                // once sent, the answer is waited for: who cancels hears the truth
                var request = new BatchAppendReq { Options = options, ProposedMessages = { messages }, IsFinal = true };
                var answer = await node.Appends.Send(request);
                return answer.Error is null
                    ? new Appended((long)answer.Success.CurrentRevision, (long)answer.Success.Position.CommitPosition)
                    : throw Because(stream, expected, answer.Error);
            },
            ct);
    }

    private async Task<Appended> FindEarlierAppend(string stream, long expected, int count, CancellationToken ct)
    {
        var (from, to) = (Math.Max(expected, 0), expected + count);
        var events = await cluster.Run(
            async (node, token) => await StreamReads.Forwards(node, stream, from, to - from + 1, token).ToArrayAsync(token), ct);
        // an append ends before these events, if what is before them was kept, and again at their last, and nowhere in between
        var whole = events.Length > 0 && (long)events[^1].StreamRevision == to && events.All(e =>
            AppendMark.IsOn(e.CustomMetadata.Span) == ((long)e.StreamRevision != expected && (long)e.StreamRevision != to));
        return whole ? new Appended(to, (long)events[^1].CommitPosition) : throw new StreamConflictException(stream, expected);
    }

    private Exception Because(string stream, long expected, Failure failure) => failure.Details switch
    {
        { } details when details.Is(WrongExpectedVersion.Descriptor) => new StreamConflictException(stream, expected),
        { } details when details.Is(AccessDenied.Descriptor) => Faults.AccessDenied(settings),
        { } details when details.Is(StreamDeleted.Descriptor) => new InvalidOperationException(
            $"Stream {stream} was deleted for ever on the server (a tombstone), which this service never does."),
        { } details when details.TryUnpack<MaximumAppendSizeExceeded>(out var most) => new InvalidOperationException(
            $"An append to stream {stream} is larger than the server's MaxAppendSize of {most.MaxAppendSize} bytes."),
        _ => new TryAgainException($"The server could not append to stream {stream} now (code {failure.Code}).")
    };
}
