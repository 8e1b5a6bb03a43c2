using Connections.Connectors.Definitions;
using Connections.Connectors.Definitions.Running;
using Connections.Connectors.Dropbox;
using Connections.Connectors.Files;
using Connections.Connectors.GoogleDrive;
using Connections.Connectors.Guard;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Connectors.OneDrive;
using Connections.Connectors.S3;
using Connections.Connectors.Sftp;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class FileConnectorsRegistration
{
    /// <summary>
    /// The connectors <c>aws-s3</c>, <c>google-drive</c>, <c>onedrive</c> and <c>sftp</c>, and the large uploads of <c>dropbox</c>. Needs
    /// <c>AddHttpConnector</c> and <c>AddDefinitions</c>.
    /// </summary>
    public static IServiceCollection AddFileConnectors(this IServiceCollection services)
    {
        services.AddSingleton(p => new S3ClientFactory(
            p.GetRequiredService<GuardedHandlerFactory>(), p.GetRequiredService<HttpClientPool>(),
            p.GetRequiredService<ReplacedServers>().For(S3Entry.Id), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IConnector>(p => new S3Connector(
            p.GetRequiredService<S3ClientFactory>(), new GivenFiles(p.GetService<IFileStore>), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IConnector>(p => new SftpConnector(
            p.GetRequiredService<HostGuard>(), new GivenFiles(p.GetService<IFileStore>), p.GetRequiredService<TimeProvider>()));
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
