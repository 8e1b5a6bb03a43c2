namespace EventSourcing.Sql.Loops;

/// <summary>Turns events into rows. Rows and checkpoint are committed together, so an event is never applied twice.</summary>
public interface IProjection
{
    /// <summary>For ever: the checkpoint bears it.</summary>
    string Name { get; }

    /// <summary>Of the streams it reads; none means all.</summary>
    IReadOnlyList<string> Prefixes { get; }

    Migrations Tables { get; }

    /// <summary>For so long events are gathered, while they come, into one transaction: how far behind the rows may be.</summary>
    TimeSpan Pace => TimeSpan.FromMilliseconds(25);

    Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct);

    /// <summary>Called after a batch was committed, at most once: a crash in between skips it.</summary>
    Task Committed(IReadOnlyList<RecordedEvent> events, CancellationToken ct) => Task.CompletedTask;
}
