namespace EventSourcing.Sql;

/// <summary>Does what follows from events: the effects come first, then the checkpoint, so each event is handled at least once.</summary>
public interface IReactor
{
    /// <summary>For ever: the checkpoint bears it.</summary>
    string Name { get; }

    /// <summary>Of the streams it reads; none means all.</summary>
    IReadOnlyList<string> Prefixes { get; }

    Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct);
}
