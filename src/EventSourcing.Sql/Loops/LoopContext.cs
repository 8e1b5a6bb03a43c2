using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql.Loops;

/// <summary>What every loop needs beside its own work.</summary>
public sealed record LoopContext(IEventLog Log, ILeases Leases, LoopHealth Health, TimeProvider Clock, ILoggerFactory Loggers);
