using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class ConnectorRegistration
{
    /// <summary>
    /// Adds the catalogue, the runner, and every connector. Needs logging; reads the sections <c>Network</c>, <c>OAuth</c> and <c>Connectors</c>.
    /// </summary>
    public static IServiceCollection AddConnectors(this IServiceCollection services, IConfiguration configuration) => services
        .AddConnectorRuntime(configuration)
        .AddHttpConnector()
        .AddDefinitions(configuration)
        .AddDatabaseConnectors()
        .AddFileConnectors()
        .AddMailConnectors()
        .AddOcrConnectors();
}
