using Connections.Connectors.Definitions;
using Connections.Connectors.Files;
using Connections.Connectors.Guard;
using Connections.Connectors.Http;
using Connections.Connectors.S3;
using Connections.Connectors.Sftp;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class FileConnectorsRegistration
{
    /// <summary>The connectors of file systems. Needs <c>AddHttpConnector</c> and <c>AddDefinitions</c>.</summary>
    public static IServiceCollection AddFileConnectors(this IServiceCollection services)
    {
        services.AddSingleton(p => new S3ClientFactory(
            p.GetRequiredService<GuardedHandlerFactory>(), p.GetRequiredService<HttpClientPool>(),
            p.GetRequiredService<ReplacedServers>().For(S3Entry.Id), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IConnector>(p => new S3Connector(
            p.GetRequiredService<S3ClientFactory>(), new GivenFiles(p.GetService<IFileStore>), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IConnector>(p => new SftpConnector(
            p.GetRequiredService<HostGuard>(), new GivenFiles(p.GetService<IFileStore>), p.GetRequiredService<TimeProvider>()));
        return services;
    }
}
