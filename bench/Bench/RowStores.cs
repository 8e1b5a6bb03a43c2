using EventSourcing.Sql;
using TestServers;

namespace Bench;

/// <summary>Empty databases for rows: a SQLite file, and a separate PostgreSQL server if it is installed.</summary>
internal static class RowStores
{
    public static async Task Each(Folder folder, Func<string, SqlDatabase, Task> run)
    {
        await using (var file = new SqliteDatabase(folder.File($"rows-{Guid.NewGuid():n}.db"), SqliteDurability.Rebuildable))
            await run("sqlite", file);
        if (!PostgresServer.Available) return;
        await using var server = await PostgresDatabases.Prepared();
        await server.Sql("ALTER SYSTEM SET shared_buffers = '128MB'");
        await server.Restart();
        await using var database = new PostgresDatabase(PostgresDatabases.ConnectionString(server));
        await run("postgresql", database);
    }
}
