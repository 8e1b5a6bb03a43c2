using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql.Loops;

/// <summary>The dependencies that every loop shares.</summary>
public sealed record LoopContext(IEventLog Log, ILeases Leases, LoopHealth Health, TimeProvider Clock, ILoggerFactory Loggers);
