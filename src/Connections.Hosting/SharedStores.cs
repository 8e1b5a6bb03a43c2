using Connections.Credentials;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

public static class SharedStores
{
    /// <summary>The stores of hosts of which several run.</summary>
    /// <exception cref="HostSettingsException">They are not configured, or embedded ones are.</exception>
    public static IHostApplicationBuilder AddSharedStores(this IHostApplicationBuilder builder, string host)
    {
        var settings = ServiceSettings.Shared(builder.Configuration, host);
        if (settings.EventLog == ServiceSettings.EventStoreDb) builder.AddEventStoreDb();
        if (settings.Sql == ServiceSettings.PostgreSql) builder.AddPostgresStores().AddCredentials();
        return builder;
    }
}
