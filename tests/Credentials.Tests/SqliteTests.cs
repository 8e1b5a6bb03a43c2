using Credentials.Tests.Harness;

namespace Credentials.Tests;

public sealed class SqliteVaultTests() : VaultContract(new SqliteStore());

public sealed class SqliteSealsTests() : SealsContract(new SqliteStore());

public sealed class SqliteKeyedHashTests() : KeyedHashContract(new SqliteStore());

public sealed class SqliteRotationTests() : RotationContract(new SqliteStore());

public sealed class SqliteOneTimeSecretsTests() : OneTimeSecretsContract(new SqliteStore());
