namespace EventSourcing;

/// <summary>One append-only log of many streams. The log is the only commit point of the service.</summary>
public interface IEventLog
{
    /// <summary>Whether the log's server has not responded for some seconds. False for a log without a server.</summary>
    bool IsAway => false;

    /// <summary>All events of a stream, oldest first; an unknown or removed stream is empty, at <see cref="Revision.NoStream"/>.</summary>
    Task<StreamSlice> Read(string stream, CancellationToken ct);

    /// <summary>
    /// Appends all events or none. <paramref name="expected"/> is the revision of the stream's last event, or <see
    /// cref="Revision.NoStream"/>. An append repeated with the same ids in the same order at the same expected revision returns the first
    /// result. Any other mismatch, including a partial overlap, throws <see cref="StreamConflictException"/>. A read that begins after the
    /// append has returned finds the events, also in a stream that was removed before.
    /// </summary>
    Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct);

    /// <summary>
    /// Events after a position, from streams whose name starts with one of the prefixes (an empty list means all streams), in log order:
    /// first the existing events, then new ones, without end. A batch without events advances the position of a reader that finds no
    /// matching events.
    /// </summary>
    IAsyncEnumerable<LogBatch> Subscribe(IReadOnlyList<string> prefixes, long after, CancellationToken ct);

    /// <summary>The position of the last event of the log; <see cref="Position.Start"/> when it is empty.</summary>
    Task<long> Head(CancellationToken ct);

    /// <summary>For retention only, on events behind every checkpoint. A removed stream reads as if it never existed.</summary>
    Task Remove(string stream, CancellationToken ct);

    /// <summary>For retention only: removes all but the last events of a stream. Revisions do not change.</summary>
    Task KeepLast(string stream, int count, CancellationToken ct);
}

public static class Revision
{
    /// <summary>Expected revision of a stream without events; revisions count from 0.</summary>
    public const long NoStream = -1;
}

public static class Position
{
    /// <summary>Before the first event.</summary>
    public const long Start = 0;
}

/// <summary>An event to append. Each decision creates new ids; an id is reused only to repeat the same append.</summary>
public sealed record NewEvent(Guid Id, string Type, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata);

/// <summary>The events of a stream, and the revision at which to append the next decision.</summary>
public sealed record StreamSlice(string Stream, long Revision, IReadOnlyList<RecordedEvent> Events);

/// <summary>Revision and position of the last event of an append.</summary>
public readonly record struct Appended(long Revision, long Position);

/// <summary>Consecutive events of the log. After handling them the reader is at <paramref name="Position"/>.</summary>
/// <param name="CaughtUp">The log held no further events when this batch was read.</param>
public sealed record LogBatch(IReadOnlyList<RecordedEvent> Events, long Position, bool CaughtUp);
