using Credentials.Tests.Harness;
using TestServers;

namespace Credentials.Tests;

public sealed class PostgresVaultTests(PostgresDatabases databases) : VaultContract(new PostgresStore(databases));

public sealed class PostgresSealsTests(PostgresDatabases databases) : SealsContract(new PostgresStore(databases));

public sealed class PostgresKeyedHashTests(PostgresDatabases databases) : KeyedHashContract(new PostgresStore(databases));

public sealed class PostgresRotationTests(PostgresDatabases databases) : RotationContract(new PostgresStore(databases));

public sealed class PostgresOneTimeSecretsTests(PostgresDatabases databases) : OneTimeSecretsContract(new PostgresStore(databases));
