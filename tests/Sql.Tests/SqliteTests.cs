namespace Sql.Tests;

public sealed class SqliteCheckpointTests() : CheckpointContract(new SqliteFile());

public sealed class SqliteLeaseTests() : LeaseContract(new SqliteFile());

public sealed class SqliteLoopHostTests() : LoopHostContract(new SqliteFile());

public sealed class SqliteMigrationTests() : MigrationContract(new SqliteFile());

public sealed class SqliteProjectionLoopTests() : ProjectionLoopContract(new SqliteFile());

public sealed class SqliteReactorLoopTests() : ReactorLoopContract(new SqliteFile());

public sealed class SqliteRollOutTests() : RollOutContract(new SqliteFile());

public sealed class SqliteSlowestReaderTests() : SlowestReaderContract(new SqliteFile());

public sealed class SqliteConcurrentWritersTests() : ConcurrentWritersContract(new SqliteFile());
