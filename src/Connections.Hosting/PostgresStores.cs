using Connections.Credentials.Vault;
using EventSourcing.Sql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

/// <summary>Read models, vault, checkpoints, leases and API keys in one PostgreSQL database, which any number of hosts share.</summary>
public static class PostgresStores
{
    private const string Key = "Sql:Connection";

    /// <exception cref="HostSettingsException">The connection string is missing or invalid.</exception>
    public static IHostApplicationBuilder AddPostgresStores(this IHostApplicationBuilder builder)
    {
        var database = Open(ConnectionSetting.Read(
            builder.Configuration, Key, $"Sql:Provider=postgresql needs a connection string like \"{PostgresDatabase.Example}\""));
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => database);
        services.AddSingleton(p => new ReadModelDatabase(p.GetRequiredService<PostgresDatabase>()));
        services.AddSingleton(p => new ServiceDatabase(p.GetRequiredService<PostgresDatabase>()));
        services.AddSingleton(p => new KeyDatabase(p.GetRequiredService<PostgresDatabase>()));
        services.AddSingleton(p => new VaultDatabase(p.GetRequiredService<PostgresDatabase>()));
        services.AddHostedService<PostgresStart>();
        return builder;
    }

    private static PostgresDatabase Open(string connectionString)
    {
        try
        {
            return new PostgresDatabase(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new HostSettingsException($"{Key}: {e.Message}");
        }
    }
}
