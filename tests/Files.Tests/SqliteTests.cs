using Files.Tests.Harness;

namespace Files.Tests;

public sealed class SqliteStoreTests() : StoreContract(new SqliteFiles());

public sealed class SqliteDamageTests() : DamageContract(new SqliteFiles());

public sealed class SqliteExpiryTests() : ExpiryContract(new SqliteFiles());

public sealed class SqliteFolderTests() : FolderContract(new SqliteFiles());
