using Connections.Credentials.Vault;
using EventSourcing.Sql;
using TestServers;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace Credentials.Tests.Harness;

public sealed class PostgresStore(PostgresDatabases databases) : TestStore
{
    private readonly Lazy<string> connectionString = new(() =>
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        return databases.Fresh().GetAwaiter().GetResult();
    });

    protected override VaultDatabase Connect() => new(new PostgresDatabase(connectionString.Value));

    protected override ValueTask Remove() => ValueTask.CompletedTask;
}
