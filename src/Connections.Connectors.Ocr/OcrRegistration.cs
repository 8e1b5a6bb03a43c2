using Connections.Connectors.Definitions;
using Connections.Connectors.Files;
using Connections.Connectors.GoogleVision;
using Connections.Connectors.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class OcrRegistration
{
    /// <summary>The connector <c>google-vision</c>. Needs <c>AddHttpConnector</c> and <c>AddDefinitions</c>.</summary>
    public static IServiceCollection AddOcrConnectors(this IServiceCollection services) => services.AddSingleton<IConnector>(p =>
        new GoogleVisionConnector(
            p.GetRequiredService<ReplacedServers>().For(GoogleVisionEntry.Id),
            p.GetRequiredService<GuardedHandlerFactory>(),
            p.GetRequiredService<HttpClientPool>(),
            new GivenFiles(p.GetService<IFileStore>),
            p.GetRequiredService<TimeProvider>()));
}
