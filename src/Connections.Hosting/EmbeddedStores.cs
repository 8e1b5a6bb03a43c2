using Connections.Credentials;
using Connections.Credentials.Vault;
using Connections.Files;
using Connections.Hosting.Health;
using EventSourcing;
using EventSourcing.Sql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

/// <summary>The stores of an embedded service, one SQLite file each. Files that the log can rebuild may be deleted.</summary>
public static class EmbeddedStores
{
    public const string LogFile = "log.db";
    public const string ReadModelFile = "readmodels.db";
    public const string ServiceFile = "service.db";
    public const string KeyFile = "keys.db";
    public const string VaultFile = "vault.db";
    public const string KeyRingFile = "key-ring.json";
    public const string ApiKeyFile = "api-key";
    public const string FilesFolder = "files";

    /// <summary>
    /// Locks the data folder for this process immediately, so that a second process fails before it opens a file. A command that can run
    /// beside the service uses a locked folder without the lock.
    /// </summary>
    /// <param name="command">How a command uses the folder; null for the service.</param>
    /// <exception cref="DataFolderInUseException">Another process has locked the folder.</exception>
    /// <exception cref="CommandException">The command cannot run beside the service that has locked the folder.</exception>
    /// <exception cref="HostSettingsException">The log is missing from a folder that was used before.</exception>
    public static IHostApplicationBuilder AddEmbeddedStores(this IHostApplicationBuilder builder, CommandFolder? command = null)
    {
        var settings = ServiceSettings.Embedded(builder.Configuration);
        var folder = settings.DataFolder!;
        var services = builder.Services;
        var folderLock = Lock(folder, command);
        if (settings.EventLog != ServiceSettings.EventStoreDb) RequireLog(folder);
        if (folderLock is not null) services.AddSingleton(_ => folderLock);
        services.AddSingleton(new EmbeddedFolder(folder)
        {
            InUse = folderLock is null,
            Required =
            [
                DataFolderLock.FileName,
                .. settings.EventLog == ServiceSettings.EventStoreDb ? Array.Empty<string>() : [LogFile],
                .. settings.Sql == ServiceSettings.PostgreSql ? Array.Empty<string>() : [VaultFile, KeyFile]
            ]
        });
        services.AddHealthChecks().AddCheck<DataFolderCheck>("data folder", tags: [HealthChecks.Ready]);
        services.TryAddSingleton(TimeProvider.System);
        if (settings.EventLog == ServiceSettings.EventStoreDb) builder.AddEventStoreDb();
        else services.AddSingleton<IEventLog>(p => OpenLog(p, Path.Combine(folder, LogFile)));
        if (settings.Sql == ServiceSettings.PostgreSql) builder.AddPostgresStores();
        else AddSqliteStores(services, folder);
        builder.AddCredentials(makeRingAt: Path.Combine(folder, KeyRingFile));
        services.AddFileStoreStart(ownFolder: Path.Combine(folder, FilesFolder));
        return builder;
    }

    private static DataFolderLock? Lock(string folder, CommandFolder? command)
    {
        try
        {
            return DataFolderLock.Take(folder);
        }
        catch (DataFolderInUseException) when (command is not null)
        {
            return command.Exclusive is { } reason ? throw CommandException.Failed(reason) : null;
        }
    }

    // Other files show that the folder was used before. A new log beside them would give the service no work: their checkpoints lie after
    // its end. The log file is created first, so that a crash of the first start leaves no such folder.
    private static void RequireLog(string folder)
    {
        var log = Path.Combine(folder, LogFile);
        if (File.Exists(log)) return;
        if (new[] { ReadModelFile, ServiceFile, KeyFile, VaultFile }.Where(name => IsSqlite(Path.Combine(folder, name))).ToArray() is { Length: > 0 } others)
        {
            throw new HostSettingsException(
                $"{log} is missing, but {string.Join(", ", others)} are there. Restore {LogFile} from a backup. To start anew, move the other files away.");
        }

        PrivateFile.Create(log);
    }

    private static bool IsSqlite(string path)
    {
        if (!File.Exists(path)) return false;
        using var file = File.OpenRead(path);
        var header = new byte[16];
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header.AsSpan().SequenceEqual("SQLite format 3\0"u8);
    }

    private static void AddSqliteStores(IServiceCollection services, string folder)
    {
        services.AddSingleton(_ => new ReadModelDatabase(new SqliteDatabase(Path.Combine(folder, ReadModelFile), SqliteDurability.Rebuildable)));
        services.AddSingleton(_ => new ServiceDatabase(new SqliteDatabase(Path.Combine(folder, ServiceFile), SqliteDurability.Rebuildable)));
        services.AddSingleton(_ => new KeyDatabase(new SqliteDatabase(Path.Combine(folder, KeyFile), SqliteDurability.Full)));
        services.AddSingleton(_ => new VaultDatabase(
            new SqliteDatabase(Path.Combine(folder, VaultFile), SqliteDurability.Full, secureDelete: true)));
        services.AddHostedService<EmbeddedFilesCheck>();
    }

    private static SqliteEventLog OpenLog(IServiceProvider services, string path)
    {
        services.GetService<DataFolderLock>(); // closes the log before it releases the lock
        return SqliteEventLog.Open(path, services.GetRequiredService<TimeProvider>());
    }
}
