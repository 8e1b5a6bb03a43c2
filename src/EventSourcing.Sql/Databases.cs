namespace EventSourcing.Sql;

public sealed record ReadModelDatabase(SqlDatabase Sql);

public sealed record ServiceDatabase(SqlDatabase Sql);
