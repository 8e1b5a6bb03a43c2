using Connections.Connectors.Catalogue;
using Connections.Connectors.Databases;
using Connections.Connectors.Definitions;
using Connections.Connectors.Gmail;
using Connections.Connectors.Guard;
using Connections.Connectors.Http;
using Connections.Connectors.MySql;
using Connections.Connectors.OAuth;
using Connections.Connectors.Outlook;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Connections.Connectors;

public static class ConnectorRegistration
{
    /// <summary>
    /// Registers the catalogue, the host guard, the runner and the coded connectors. Needs logging. Reads section <c>Network</c>.
    /// </summary>
    public static IServiceCollection AddConnectors(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<NetworkOptions>()
            .Configure(options => Bind(options, configuration.GetSection(NetworkOptions.Section)))
            .Validate(IsValid, "Network:AllowPrivate must be true, or list networks (10.0.0.0/8), addresses and host names.")
            .ValidateOnStart();

        services.TryAddSingleton<IHostResolver, DnsResolver>();
        services.AddSingleton<HostGuard>();
        services.AddSingleton<ConnectionSlots>();
        services.AddSingleton<CredentialMemory>();
        services.AddSingleton<HostCircuits>();
        services.AddSingleton<ConnectorCatalogue>();
        services.AddSingleton<ConnectorRunner>();

        services.AddSingleton<DatabaseTransportFactory>();
        services.AddSingleton(typeof(SessionPools<>));
        services.AddSingleton<IDatabaseDriver<PostgresSession>, PostgresDriver>();
        services.AddSingleton<IConnector, PostgresConnector>();
        services.AddSingleton<IDatabaseDriver<MySqlSession>, MySqlDriver>();
        services.AddSingleton<IConnector, MySqlDatabaseConnector>();
        services.AddSingleton<GuardedHandlerFactory>();
        services.AddSingleton<HttpClientPool>();
        services.AddSingleton<IConnector, HttpConnector>();
        services.AddSingleton<IConnector, GmailConnector>();
        services.AddSingleton<IConnector, OutlookConnector>();
        services.AddSingleton(_ => new OAuthApplications(configuration));
        services.AddSingleton<OperatorFaults>();
        services.AddSingleton(p => new OAuthEndpoints(
            p.GetRequiredService<HttpClientPool>(), p.GetRequiredService<OperatorFaults>(), p.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>Registers a connector that is defined as data. Its OAuth application comes from configuration.</summary>
    public static IServiceCollection AddDefinedConnector(this IServiceCollection services, ConnectorDefinition definition) =>
        services.AddSingleton<IConnector>(p => new DefinedConnector(
            definition,
            p.GetRequiredService<OAuthApplications>(),
            p.GetRequiredService<GuardedHandlerFactory>(),
            p.GetRequiredService<HttpClientPool>(),
            p.GetRequiredService<TimeProvider>()));

    private static void Bind(NetworkOptions options, IConfigurationSection section)
    {
        options.AllowPrivate = Listed(section.GetSection(nameof(NetworkOptions.AllowPrivate)));
        options.EgressAddresses = Listed(section.GetSection(nameof(NetworkOptions.EgressAddresses)));
    }

    // The value is a comma-separated text (an environment variable) or a list.
    private static string[] Listed(IConfigurationSection section) =>
    [
        .. (section.Value is { } one ? [one] : section.GetChildren().Select(c => c.Value ?? ""))
            .SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
    ];

    private static bool IsValid(NetworkOptions options)
    {
        try
        {
            _ = new PrivateNetworkPolicy(options.AllowPrivate);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
