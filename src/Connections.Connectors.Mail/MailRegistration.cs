using Connections.Connectors.Gmail;
using Connections.Connectors.Outlook;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class MailRegistration
{
    /// <summary>The connectors <c>gmail</c> and <c>outlook</c>. Needs <c>AddHttpConnector</c>.</summary>
    public static IServiceCollection AddMailConnectors(this IServiceCollection services)
    {
        services.AddSingleton<IConnector, GmailConnector>();
        services.AddSingleton<IConnector, OutlookConnector>();
        return services;
    }
}
