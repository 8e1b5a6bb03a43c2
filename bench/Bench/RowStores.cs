using EventSourcing.Sql;
using TestServers;

namespace Bench;

/// <summary>The databases that rows may lie in, each empty: a SQLite file, and a PostgreSQL of one's own where there is one.</summary>
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
