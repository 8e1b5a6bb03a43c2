using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class FileConnectorsRegistration
{
    /// <summary>The connectors of file systems. Needs <c>AddHttpConnector</c>.</summary>
    public static IServiceCollection AddFileConnectors(this IServiceCollection services) => services;
}
