using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Definitions.Running;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Microsoft.Extensions.Configuration;
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

    /// <summary>
    /// Registers the connectors of the embedded definitions, and those of the folder <c>Connectors:Folder</c>. A broken file of the folder
    /// keeps only its own connector out.
    /// </summary>
    /// <exception cref="InvalidOperationException">An embedded definition has a mistake.</exception>
    public static IServiceCollection AddDefinitions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new ReplacedServers(configuration));
        foreach (var file in DefinitionFile.Embedded()) services.AddDefinedConnector(file);
        foreach (var file in DefinitionFolder.Read(configuration))
        {
            if (!file.IsBroken) services.AddDefinedConnector(file);
            else services.AddSingleton(new BrokenConnector(Path.GetFileName(file.Path), [.. file.Messages]));
        }

        return services;
    }

    /// <summary>Registers a connector that is defined as data. An OAuth application comes from configuration.</summary>
    /// <exception cref="InvalidOperationException">The definition has a mistake.</exception>
    public static IServiceCollection AddDefinedConnector(this IServiceCollection services, DefinitionFile file)
    {
        var definition = file.Require();
        return services.AddSingleton<IConnector>(p => new DefinedConnector(
            definition,
            p.GetRequiredService<OAuthApplications>(),
            p.GetRequiredService<ReplacedServers>().For(definition.Entry.Id),
            p.GetRequiredService<GuardedHandlerFactory>(),
            p.GetRequiredService<HttpClientPool>(),
            p.GetService<IFileStore>,
            activity => p.GetKeyedService<IActivityInCode>($"{definition.Entry.Id}/{activity}"),
            p.GetRequiredService<TimeProvider>()));
    }
}
