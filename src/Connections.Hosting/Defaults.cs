using System.Globalization;
using System.Text;
using Connections.Hosting.Telemetry;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

public static class Defaults
{
    private static readonly Dictionary<string, string?> Quiet = new()
    {
        // what concerns this service is logged by itself; whoever wants more of the libraries sets the same keys
        ["Logging:LogLevel:MassTransit"] = "Warning",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Quartz"] = "Warning",
        // several lines for each activity: for whoever looks for something, and collects no traces
        [$"Logging:LogLevel:{HopLog.Category}"] = "Warning",
        // probes name what is missing in their response, each time
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Critical",
        // what keeps a host from starting is said once, by StartGuard
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical"
    };

    /// <summary>What all hosts have in common, below everything that is configured.</summary>
    /// <exception cref="HostSettingsException">The machine cannot compare names as the service promises.</exception>
    public static IHostApplicationBuilder AddDefaults(this IHostApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Quiet });
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        // without ICU, .NET takes a name typed in two Unicode forms for two names, and another host for one
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00e9")
        {
            throw new HostSettingsException(
                "This process runs without ICU, so names cannot be compared. Install libicu and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }

        return builder;
    }
}
