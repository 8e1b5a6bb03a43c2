namespace EventSourcing.Sql.Loops;

/// <summary>Does what follows from events: the effects come first, then the checkpoint, so each event is handled at least once.</summary>
public interface IReactor
{
    /// <summary>For ever: the checkpoint bears it.</summary>
    string Name { get; }

    /// <summary>Of the streams it reads; none means all.</summary>
    IReadOnlyList<string> Prefixes { get; }

    /// <summary>For so long events are gathered, while they come, for the next call: how late the effects may be.</summary>
    TimeSpan Pace => TimeSpan.Zero;

    Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct);
}
