using EndToEnd.Tests.Hosts;
using Microsoft.Data.Sqlite;
using TestServers;

namespace EndToEnd.Tests.Backups;

/// <summary>
/// Copies database and log under load. The database is copied first, so that no row refers to an event that is missing in the copy of the
/// log.
/// </summary>
internal sealed class Backup
{
    private readonly Servers servers;

    private Backup(Servers servers) => this.servers = servers;

    private string DatabaseFile => Path.Combine(servers.Sql.Folder, "connections.dump");

    private string LogFile => Path.Combine(Log.Folder, "backup.db");

    private EventStoreDoubleServer Log => (EventStoreDoubleServer)servers.Log;

    /// <param name="between">Runs between the copy of the database and the copy of the log.</param>
    public static async Task<Backup> Make(Servers servers, Func<Task> between)
    {
        var backup = new Backup(servers);
        await servers.Sql.Tool("pg_dump", "--format=custom", "--file", backup.DatabaseFile, PostgresDatabases.User);
        await between();
        await using var live = Open(backup.Log.Database);
        await using var copy = Open(backup.LogFile);
        live.BackupDatabase(copy);
        return backup;
    }

    /// <summary>Restores both, and deletes what was there. No host may run.</summary>
    public async Task Restore()
    {
        await servers.Sql.Sql($"DROP DATABASE {PostgresDatabases.User} WITH (FORCE)");
        await servers.Sql.Tool("pg_restore", "--create", "--exit-on-error", "--dbname", "postgres", DatabaseFile);
        await servers.Log.Stop();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Log.Database)!)) File.Delete(file);
        File.Copy(LogFile, Log.Database);
        await servers.Log.Start();
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }
}
