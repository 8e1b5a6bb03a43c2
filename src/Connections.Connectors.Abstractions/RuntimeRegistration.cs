using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Connections.Connectors;

public static class RuntimeRegistration
{
    /// <summary>Registers the parts that every connector uses: the catalogue, the runner, the host guard, and our OAuth applications.</summary>
    public static IServiceCollection AddConnectorRuntime(this IServiceCollection services, IConfiguration configuration)
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
        services.AddSingleton(_ => new OAuthApplications(configuration));
        services.AddSingleton<OperatorFaults>();
        return services;
    }

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
