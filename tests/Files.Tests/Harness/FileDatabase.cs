using Connections.Credentials.Vault;
using EventSourcing.Sql;
using TestServers;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace Files.Tests.Harness;

/// <summary>The database that the hosts of a test share.</summary>
public abstract class FileDatabase
{
    public abstract VaultDatabase Open(string folder);
}

public sealed class SqliteFiles : FileDatabase
{
    public override VaultDatabase Open(string folder) => VaultDatabase.Sqlite(Path.Combine(folder, "vault.db"));
}

public sealed class PostgresFiles(PostgresDatabases databases) : FileDatabase
{
    private readonly Lazy<string> connectionString = new(() =>
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        return databases.Fresh().GetAwaiter().GetResult();
    });

    public override VaultDatabase Open(string folder) => new(new PostgresDatabase(connectionString.Value));
}
