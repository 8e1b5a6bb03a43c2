using Connections.Connectors.Definitions.Running;
using Connections.Connectors.Dropbox;
using Connections.Connectors.Files;
using Connections.Connectors.GoogleDrive;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Connectors.OneDrive;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class FileConnectorsRegistration
{
    /// <summary>
    /// The connectors <c>google-drive</c> and <c>onedrive</c>, and the large uploads of <c>dropbox</c>. Needs <c>AddHttpConnector</c>.
    /// </summary>
    public static IServiceCollection AddFileConnectors(this IServiceCollection services)
    {
        services.AddSingleton<IConnector>(p => new GoogleDriveConnector(
            p.GetRequiredService<OAuthApplications>(),
            p.GetRequiredService<GuardedHandlerFactory>(),
            p.GetRequiredService<HttpClientPool>(),
            p.GetService<IFileStore>,
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IConnector>(p => new OneDriveConnector(
            p.GetRequiredService<OAuthApplications>(),
            p.GetRequiredService<GuardedHandlerFactory>(),
            p.GetRequiredService<HttpClientPool>(),
            p.GetService<IFileStore>,
            p.GetRequiredService<TimeProvider>()));
        services.AddKeyedSingleton<IActivityInCode>(DropboxUpload.Key, (p, _) => new DropboxUpload(p.GetRequiredService<TimeProvider>()));
        return services;
    }
}
