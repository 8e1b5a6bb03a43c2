namespace EventSourcing.Sql;

/// <summary>Where the rows of the projections lie, with their checkpoints: the log can rebuild all of it.</summary>
public sealed record ReadModelDatabase(SqlDatabase Sql);

/// <summary>Where the service keeps what the log cannot rebuild: checkpoints of reactors, leases.</summary>
public sealed record ServiceDatabase(SqlDatabase Sql);
