using Npgsql;

namespace EventSourcing.Sql.Loops;

/// <summary>A loop stands right before this event. Says which it is and what kind of trouble, never what is in it.</summary>
public sealed class EventNotHandledException(RecordedEvent e, Exception inner)
    : Exception($"cannot handle {e.Type} of stream {e.Stream} at position {e.Position}: {Describe(inner)}", inner)
{
    public long Position { get; } = e.Position;

    /// <summary>Messages of foreign exceptions may quote data; ours do not.</summary>
    public static string Describe(Exception e) => e switch
    {
        EventNotHandledException or UnknownEventException or StreamConflictException => e.Message,
        SqliteFileException or NewerSchemaException => e.Message,
        PostgresUnreachableException or PostgresRefusedException => e.Message,
        PostgresException postgres => $"PostgreSQL says {postgres.SqlState}",
        NpgsqlException => "PostgreSQL broke off",
        RejectedException rejected => rejected.Code,
        _ => e.GetType().Name
    };
}
