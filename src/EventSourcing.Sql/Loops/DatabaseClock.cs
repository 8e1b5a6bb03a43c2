namespace EventSourcing.Sql.Loops;

/// <summary>The clock of the database, as SQL: milliseconds since 1970. The one thing here that each database says in its own way.</summary>
public static class DatabaseClock
{
    public static string For(SqlProvider provider) => provider switch
    {
        SqlProvider.Sqlite => "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)",
        SqlProvider.PostgreSql => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null)
    };
}
