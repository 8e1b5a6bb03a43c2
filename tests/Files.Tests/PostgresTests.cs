using Files.Tests.Harness;
using TestServers;

namespace Files.Tests;

public sealed class PostgresStoreTests(PostgresDatabases databases) : StoreContract(new PostgresFiles(databases));

public sealed class PostgresDamageTests(PostgresDatabases databases) : DamageContract(new PostgresFiles(databases));

public sealed class PostgresExpiryTests(PostgresDatabases databases) : ExpiryContract(new PostgresFiles(databases));

public sealed class PostgresFolderTests(PostgresDatabases databases) : FolderContract(new PostgresFiles(databases));
