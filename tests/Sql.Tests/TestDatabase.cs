using EventSourcing.Sql;
using TestServers;

[assembly: AssemblyFixture(typeof(PostgresDatabases))]

namespace Sql.Tests;

/// <summary>An empty database for one test.</summary>
public abstract class TestDatabase
{
    public abstract SqlDatabase Open();

    public abstract Task Empty();

    public virtual void Remove()
    {
    }
}

public sealed class SqliteFile : TestDatabase
{
    private readonly string folder = Directory.CreateTempSubdirectory("sql-").FullName;

    public override SqlDatabase Open() => new SqliteDatabase(Path.Combine(folder, "rows.db"), SqliteDurability.Rebuildable);

    public override Task Empty()
    {
        foreach (var file in Directory.GetFiles(folder, "rows.db*")) File.Delete(file);
        return Task.CompletedTask;
    }

    public override void Remove() => Directory.Delete(folder, recursive: true);
}

public sealed class PostgresSchema(PostgresDatabases databases) : TestDatabase
{
    private readonly Lazy<string> connectionString = new(() =>
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        return databases.Fresh().GetAwaiter().GetResult();
    });

    public override SqlDatabase Open() => new PostgresDatabase(connectionString.Value);

    public override Task Empty() => databases.Empty(connectionString.Value);
}
