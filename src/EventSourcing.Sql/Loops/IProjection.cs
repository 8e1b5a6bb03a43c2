namespace EventSourcing.Sql.Loops;

/// <summary>Turns events into rows. Rows and checkpoint are committed together, so an event is never applied twice.</summary>
public interface IProjection
{
    /// <summary>Permanent: the checkpoint is stored under this name.</summary>
    string Name { get; }

    /// <summary>Prefixes of the streams to read; an empty list means all.</summary>
    IReadOnlyList<string> Prefixes { get; }

    Migrations Tables { get; }

    /// <summary>The time for which arriving events are gathered into one transaction, and so the lag of the rows.</summary>
    TimeSpan Pace => TimeSpan.FromMilliseconds(25);

    Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct);

    /// <summary>Called after the commit of a batch, at most once: a crash in between skips the call.</summary>
    Task Committed(IReadOnlyList<RecordedEvent> events, CancellationToken ct) => Task.CompletedTask;
}
