namespace EventSourcing.Sql;

public interface IProjection
{
    string Name { get; }

    IReadOnlyList<string> Prefixes { get; }

    Migrations Tables { get; }

    Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct);
}
