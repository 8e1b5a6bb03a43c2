namespace EventSourcing.Sql;

public interface IReactor
{
    string Name { get; }

    IReadOnlyList<string> Prefixes { get; }

    Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct);
}
