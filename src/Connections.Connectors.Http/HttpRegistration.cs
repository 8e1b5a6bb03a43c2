using Connections.Connectors.Definitions;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class HttpRegistration
{
    /// <summary>The guarded HTTP clients, the OAuth client, and the connector <c>http</c>.</summary>
    public static IServiceCollection AddHttpConnector(this IServiceCollection services)
    {
        services.AddSingleton<GuardedHandlerFactory>();
        services.AddSingleton<HttpClientPool>();
        services.AddSingleton<IConnector, HttpConnector>();
        services.AddSingleton(p => new OAuthEndpoints(
            p.GetRequiredService<HttpClientPool>(), p.GetRequiredService<OperatorFaults>(), p.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>Registers a connector that is defined as data. An OAuth application comes from configuration.</summary>
    /// <exception cref="InvalidOperationException">The definition is incomplete.</exception>
    public static IServiceCollection AddDefinedConnector(this IServiceCollection services, ConnectorDefinition definition)
    {
        definition.Check();
        return services.AddSingleton<IConnector>(p => new DefinedConnector(
            definition,
            p.GetRequiredService<OAuthApplications>(),
            p.GetRequiredService<GuardedHandlerFactory>(),
            p.GetRequiredService<HttpClientPool>(),
            p.GetRequiredService<TimeProvider>()));
    }
}
