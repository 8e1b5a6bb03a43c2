using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class ConnectorRegistration
{
    /// <summary>
    /// Adds the catalogue, the runner, and every connector in code. Needs logging; reads the sections <c>Network</c> and <c>OAuth</c>.
    /// </summary>
    public static IServiceCollection AddConnectors(this IServiceCollection services, IConfiguration configuration) => services
        .AddConnectorRuntime(configuration)
        .AddHttpConnector()
        .AddDatabaseConnectors()
        .AddMailConnectors();
}
