using Connections.Connectors.Definitions;
using Connections.Connectors.Files;
using Connections.Connectors.GoogleVision;
using Connections.Connectors.Http;
using Connections.Connectors.S3;
using Connections.Connectors.Textract;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class OcrRegistration
{
    /// <summary>
    /// The connectors <c>aws-textract</c> and <c>google-vision</c>. Needs <c>AddHttpConnector</c> and <c>AddDefinitions</c>.
    /// </summary>
    public static IServiceCollection AddOcrConnectors(this IServiceCollection services)
    {
        services.AddSingleton<IConnector>(p => new GoogleVisionConnector(
            p.GetRequiredService<ReplacedServers>().For(GoogleVisionEntry.Id),
            p.GetRequiredService<GuardedHandlerFactory>(),
            p.GetRequiredService<HttpClientPool>(),
            new GivenFiles(p.GetService<IFileStore>),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IConnector>(p =>
        {
            var (replaced, clock) = (p.GetRequiredService<ReplacedServers>().For(TextractEntry.Id), p.GetRequiredService<TimeProvider>());
            var amazon = new S3ClientFactory(
                p.GetRequiredService<GuardedHandlerFactory>(), p.GetRequiredService<HttpClientPool>(), replaced, clock);
            return new TextractConnector(amazon, replaced, new GivenFiles(p.GetService<IFileStore>), clock);
        });
        return services;
    }
}
