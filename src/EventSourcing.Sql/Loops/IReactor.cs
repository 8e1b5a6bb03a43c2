namespace EventSourcing.Sql.Loops;

/// <summary>Causes effects of events. The checkpoint is saved after the effects, so each event is handled at least once.</summary>
public interface IReactor
{
    /// <summary>Permanent: the checkpoint is stored under this name.</summary>
    string Name { get; }

    /// <summary>Prefixes of the streams to read; an empty list means all.</summary>
    IReadOnlyList<string> Prefixes { get; }

    /// <summary>The time for which arriving events are gathered for one call, and so the delay of the effects.</summary>
    TimeSpan Pace => TimeSpan.Zero;

    Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct);
}
