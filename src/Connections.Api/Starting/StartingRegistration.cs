using Connections.Hosting.Limits;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Connections.Api.Starting;

public static class StartingRegistration
{
    /// <summary>Lets the service listen while it waits for its stores. Add it before the stores.</summary>
    public static WebApplicationBuilder AddEarlyListener(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var server = services.Last(service => service.ServiceType == typeof(IServer)).ImplementationType
            ?? throw new InvalidOperationException("The server is not registered by its type.");
        services.Replace(ServiceDescriptor.Singleton<IServer>(
            provider => new EarlyServer((IServer)ActivatorUtilities.CreateInstance(provider, server))));
        services.AddHostedService<LimitConnections>();
        services.AddHostedService<ListenEarly>();
        return builder;
    }
}
