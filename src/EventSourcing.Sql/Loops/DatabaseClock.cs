namespace EventSourcing.Sql.Loops;

/// <summary>The clock of the database as an SQL expression: milliseconds since 1970. Each database has its own syntax.</summary>
public static class DatabaseClock
{
    public static string For(SqlProvider provider) => provider switch
    {
        SqlProvider.Sqlite => "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)",
        SqlProvider.PostgreSql => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null)
    };
}
