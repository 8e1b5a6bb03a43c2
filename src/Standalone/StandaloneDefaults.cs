using Connections.Connectors.Guard;
using Microsoft.Extensions.Configuration.Memory;

namespace Standalone;

internal static class StandaloneDefaults
{
    public const string Address = "http://127.0.0.1:5080";

    // StartupMessage prints the addresses instead.
    private static readonly Dictionary<string, string?> LogLevels = new() { ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning" };

    /// <summary>Adds defaults that need no configuration: a loopback address, an API key, and access to private networks.</summary>
    public static void AddStandaloneDefaults(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["urls"] is null && builder.Configuration["Kestrel:Endpoints"] is null)
            builder.WebHost.UseUrls(Address);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });
        builder.Services.PostConfigure<NetworkOptions>(network =>
        {
            if (network.AllowPrivate.Count == 0) network.AllowPrivate = ["true"];
        });
        builder.Services.AddHostedService<StartupMessage>();
    }
}
