using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql;

/// <summary>What every loop needs beside its own work.</summary>
public sealed record LoopTools(IEventLog Log, ILeases Leases, LoopHealth Health, TimeProvider Clock, ILoggerFactory Loggers);
