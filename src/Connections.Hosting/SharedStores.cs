using Connections.Credentials;
using Connections.Files;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

public static class SharedStores
{
    /// <summary>Adds the stores that several hosts share.</summary>
    /// <exception cref="HostSettingsException">The stores are not configured, or an embedded store is configured.</exception>
    public static IHostApplicationBuilder AddSharedStores(this IHostApplicationBuilder builder, string host)
    {
        var settings = ServiceSettings.Shared(builder.Configuration, host);
        if (settings.EventLog == ServiceSettings.EventStoreDb) builder.AddEventStoreDb();
        if (settings.Sql == ServiceSettings.PostgreSql) builder.AddPostgresStores().AddCredentials();
        builder.Services.AddFileStoreStart();
        return builder;
    }
}
