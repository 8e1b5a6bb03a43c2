using System.Runtime.CompilerServices;
using EventSourcing.EventStoreDb.Protocol;

namespace EventSourcing.EventStoreDb;

using Direction = ReadReq.Types.Direction;
using Recorded = ReadResp.Types.Recorded;

/// <summary>Reads of existing events.</summary>
internal static class StreamReads
{
    private static readonly ReadReq.Types.UuidForm Structured = new() { Structured = Messages.Empty };
    private static readonly ReadReq.Types.Control Control = new() { Compatibility = 1 };

    /// <summary>The remaining events of a stream from a revision on; none if there is no such stream.</summary>
    public static IAsyncEnumerable<Recorded> Forwards(Node node, string stream, long from, long count, CancellationToken ct) =>
        Read(node, ForStream(stream, (ulong)from, Direction.Forwards, count), ct);

    public static ValueTask<Recorded?> Last(Node node, string stream, CancellationToken ct) =>
        Read(node, ForStream(stream, null, Direction.Backwards, count: 1), ct).FirstOrDefaultAsync(ct);

    /// <summary>The last event of the whole log, including system events.</summary>
    public static ValueTask<Recorded?> LastOfAll(Node node, CancellationToken ct) => Read(
        node, ForAll(new ReadReq.Types.AllStreams { End = Messages.Empty }, Direction.Backwards), ct).FirstOrDefaultAsync(ct);

    /// <summary>The first event at or after a position, in any stream.</summary>
    public static ValueTask<Recorded?> FirstFrom(Node node, long position, CancellationToken ct) =>
        Read(node, ForAll(At(position), Direction.Forwards), ct).FirstOrDefaultAsync(ct);

    public static ReadReq.Types.AllStreams At(long position) => position == Position.Start
        ? new ReadReq.Types.AllStreams { Start = Messages.Empty }
        : new ReadReq.Types.AllStreams { Position = new() { CommitPosition = (ulong)position, PreparePosition = (ulong)position } };

    public static ReadReq.Types.Options Options() => new() { UuidForm = Structured, Control = Control };

    private static ReadReq.Types.Options ForStream(string stream, ulong? from, Direction direction, long count)
    {
        var options = Options();
        (options.Direction, options.Count, options.NoFilter) = (direction, (ulong)count, Messages.Empty);
        options.Stream = new ReadReq.Types.OneStream { StreamIdentifier = Messages.Stream(stream) };
        if (from is { } revision) options.Stream.Revision = revision;
        else options.Stream.End = Messages.Empty;
        return options;
    }

    private static ReadReq.Types.Options ForAll(ReadReq.Types.AllStreams at, Direction direction)
    {
        var options = Options();
        (options.All, options.Direction, options.Count, options.NoFilter) = (at, direction, 1, Messages.Empty);
        return options;
    }

    private static async IAsyncEnumerable<Recorded> Read(
        Node node, ReadReq.Types.Options options, [EnumeratorCancellation] CancellationToken ct)
    {
        using var call = node.Streams.Read(new ReadReq { Options = options }, node.Headers, cancellationToken: ct);
        while (await call.ResponseStream.MoveNext(ct))
        {
            if (call.ResponseStream.Current is { ContentCase: ReadResp.ContentOneofCase.Event } response) yield return response.Event.Event;
        }
    }
}
