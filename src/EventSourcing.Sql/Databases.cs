namespace EventSourcing.Sql;

/// <summary>Where the rows of the projections lie, with their checkpoints: the log can rebuild all of it.</summary>
public sealed record ReadModelDatabase(SqlDatabase Sql);

/// <summary>Where loops note how far they got, and who runs them. Notes lost in a power cut are events handled twice, which harms nobody.</summary>
public sealed record ServiceDatabase(SqlDatabase Sql);
