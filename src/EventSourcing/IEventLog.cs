namespace EventSourcing;

/// <summary>One append-only log of many streams. The only commit point of the service: what is not in it did not happen.</summary>
public interface IEventLog
{
    /// <summary>All events of a stream, oldest first; an unknown or removed stream is empty, at <see cref="Revision.NoStream"/>.</summary>
    Task<StreamSlice> Read(string stream, CancellationToken ct);

    /// <summary>
    /// Appends all events or none. <paramref name="expected"/> is the revision of the stream's last event, or <see cref="Revision.NoStream"/>.
    /// The same ids in the same order at the same expected revision get the answer of the first time; whatever else does not fit, a partial
    /// overlap included, is a <see cref="StreamConflictException"/>.
    /// </summary>
    Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct);

    /// <summary>
    /// Events after a position, of streams whose name starts with one of the prefixes (an empty list: of all), in the order of the log:
    /// first what is there, then what comes, without end. A batch without events moves a quiet reader's position.
    /// </summary>
    IAsyncEnumerable<LogBatch> Subscribe(IReadOnlyList<string> prefixes, long after, CancellationToken ct);

    /// <summary>The position of the last event of the log; <see cref="Position.Start"/> when it is empty.</summary>
    Task<long> Head(CancellationToken ct);

    /// <summary>Serves retention only, behind every checkpoint. A removed stream reads as one that never was.</summary>
    Task Remove(string stream, CancellationToken ct);

    /// <summary>Serves retention only: drops all but the last events of a stream; revisions stay as they are.</summary>
    Task KeepLast(string stream, int count, CancellationToken ct);
}

public static class Revision
{
    /// <summary>Expected of a stream that has no event; revisions of events count from 0.</summary>
    public const long NoStream = -1;
}

public static class Position
{
    /// <summary>Before the first event.</summary>
    public const long Start = 0;
}

/// <summary>An event on its way into the log. The id is made fresh for each decision and kept only to re-send that one append.</summary>
public sealed record NewEvent(Guid Id, string Type, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata);

/// <summary>What a stream holds, and the revision at which the next decision is appended.</summary>
public sealed record StreamSlice(string Stream, long Revision, IReadOnlyList<RecordedEvent> Events);

/// <summary>Revision and position of the last event of an append.</summary>
public readonly record struct Appended(long Revision, long Position);

/// <summary>Some events in the order of the log. Having handled them, the reader stands at <paramref name="Position"/>.</summary>
/// <param name="CaughtUp">Nothing more was in the log when this batch was read.</param>
public sealed record LogBatch(IReadOnlyList<RecordedEvent> Events, long Position, bool CaughtUp);
