using Connections.Credentials;
using Connections.Credentials.Vault;
using EventSourcing;
using EventSourcing.Sql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

/// <summary>The files of the embedded shape. Each can be told apart, backed up and, where the log can rebuild it, deleted.</summary>
public static class EmbeddedStores
{
    public const string LogFile = "log.db";
    public const string ReadModelFile = "readmodels.db";
    public const string ServiceFile = "service.db";
    public const string KeyFile = "keys.db";
    public const string VaultFile = "vault.db";
    public const string KeyRingFile = "key-ring.json";
    public const string ApiKeyFile = "api-key";

    /// <summary>Takes the folder for this process, now: a second one is told at once, before it opens anything.</summary>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    public static IHostApplicationBuilder AddEmbeddedStores(this IHostApplicationBuilder builder)
    {
        var settings = ServiceSettings.Embedded(builder.Configuration);
        var folder = settings.DataFolder!;
        Directory.CreateDirectory(folder);
        var services = builder.Services;
        var held = DataFolderLock.Take(folder);
        services.AddSingleton(_ => held);
        services.AddSingleton(new EmbeddedFolder(folder));
        services.TryAddSingleton(TimeProvider.System);
        if (settings.EventLog == ServiceSettings.EventStoreDb) builder.AddEventStoreDb();
        else services.AddSingleton<IEventLog>(p => OpenLog(p, Path.Combine(folder, LogFile)));
        if (settings.Sql == ServiceSettings.PostgreSql) builder.AddPostgresStores();
        else AddSqliteStores(services, folder);
        return builder.AddCredentials(makeRingAt: Path.Combine(folder, KeyRingFile));
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
        services.GetRequiredService<DataFolderLock>();
        return SqliteEventLog.Open(path, services.GetRequiredService<TimeProvider>());
    }
}
