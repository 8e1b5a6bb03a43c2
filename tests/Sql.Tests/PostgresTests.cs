using TestServers;

namespace Sql.Tests;

public sealed class PostgresCheckpointTests(PostgresDatabases databases) : CheckpointContract(new PostgresSchema(databases));

public sealed class PostgresLeaseTests(PostgresDatabases databases) : LeaseContract(new PostgresSchema(databases));

public sealed class PostgresLoopHostTests(PostgresDatabases databases) : LoopHostContract(new PostgresSchema(databases));

public sealed class PostgresMigrationTests(PostgresDatabases databases) : MigrationContract(new PostgresSchema(databases));

public sealed class PostgresProjectionLoopTests(PostgresDatabases databases) : ProjectionLoopContract(new PostgresSchema(databases));

public sealed class PostgresReactorLoopTests(PostgresDatabases databases) : ReactorLoopContract(new PostgresSchema(databases));

public sealed class PostgresRollOutTests(PostgresDatabases databases) : RollOutContract(new PostgresSchema(databases));

public sealed class PostgresSlowestReaderTests(PostgresDatabases databases) : SlowestReaderContract(new PostgresSchema(databases));

public sealed class PostgresConcurrentWritersTests(PostgresDatabases databases) : ConcurrentWritersContract(new PostgresSchema(databases));
