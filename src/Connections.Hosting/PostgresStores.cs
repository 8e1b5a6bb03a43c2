using Connections.Credentials;
using EventSourcing.Sql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

/// <summary>Read models, vault, checkpoints, leases and API keys in one PostgreSQL database, which any number of hosts share.</summary>
public static class PostgresStores
{
    private const string Key = "Sql:Connection";

    /// <exception cref="HostSettingsException">There is no connection string, or it cannot be read.</exception>
    public static IHostApplicationBuilder AddPostgresStores(this IHostApplicationBuilder builder)
    {
        var database = Open(ConnectionString(builder.Configuration));
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

    private static string ConnectionString(IConfiguration configuration)
    {
        var (given, file) = (configuration[Key], configuration[$"{Key}:File"]);
        if (given is not null && file is not null) throw new HostSettingsException($"{Key} is given twice: also in {Key}:File.");
        var text = (file is null ? given : Read(file))?.Trim();
        return string.IsNullOrEmpty(text)
            ? throw new HostSettingsException(
                $"Sql:Provider=postgresql wants {Key}, or {Key}:File with a file that holds it, like \"{PostgresDatabase.Example}\".")
            : text;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new HostSettingsException($"The file of {Key}:File cannot be read: {file} ({e.GetType().Name}).");
        }
    }
}
