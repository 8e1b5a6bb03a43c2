namespace EventSourcing.Sql;

/// <summary>The database of the projections' rows and checkpoints. All of it can be rebuilt from the log.</summary>
public sealed record ReadModelDatabase(SqlDatabase Sql);

/// <summary>
/// The database of the loops' checkpoints and leases. If a power cut loses some, events are handled twice, which is harmless.
/// </summary>
public sealed record ServiceDatabase(SqlDatabase Sql);
