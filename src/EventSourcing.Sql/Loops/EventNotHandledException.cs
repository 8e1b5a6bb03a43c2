using Npgsql;

namespace EventSourcing.Sql.Loops;

/// <summary>A loop stopped before this event. The message names the event and the kind of fault, never the event's data.</summary>
public sealed class EventNotHandledException(RecordedEvent e, Exception inner)
    : Exception($"Cannot handle {e.Type} of stream {e.Stream} at position {e.Position}: {Describe(inner)}", inner)
{
    public long Position { get; } = e.Position;

    /// <summary>Messages of foreign exceptions may quote data, so that only the messages of our own exceptions are used.</summary>
    public static string Describe(Exception e) => e switch
    {
        EventNotHandledException or UnknownEventException or StreamConflictException => e.Message,
        SqliteFileException or NewerSchemaException or CheckpointAheadException => e.Message,
        PostgresUnreachableException or PostgresRefusedException => e.Message,
        PostgresException postgres => $"PostgreSQL error {postgres.SqlState}",
        NpgsqlException => "The connection to PostgreSQL was lost",
        RejectedException rejected => rejected.Code,
        _ => e.GetType().Name
    };
}
