using System.Globalization;
using System.Text;
using Connections.Hosting.Limits;
using Connections.Hosting.Settings;
using Connections.Hosting.Telemetry;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

public static class Defaults
{
    private const string BusLevel = "Logging:LogLevel:MassTransit";

    private static readonly Dictionary<string, string?> Logs = new()
    {
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
        // The service logs what matters itself. To see more of a library, configure the same key.
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Quartz"] = "Warning",
        // Several lines per activity, for troubleshooting without a trace collector.
        [$"Logging:LogLevel:{HopLog.Category}"] = "Warning",
        // Probes report what is missing in their response.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Critical",
        // StartGuard reports a failed start, once.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical"
    };

    // While the broker is unavailable, the library logs thirty lines for each attempt. BusWatch logs the outage in one.
    private static readonly Dictionary<string, string?> BusLogs = new()
    {
        [BusLevel] = "None",
        [$"{BusLevel}.ReceiveTransport"] = "Warning" // messages that cannot be handled
    };

    /// <summary>Adds the defaults of all hosts. Every configured value overrides them.</summary>
    /// <exception cref="HostSettingsException">A setting is unknown or unusable, or the machine cannot normalize Unicode names.</exception>
    public static IHostApplicationBuilder AddDefaults(this IHostApplicationBuilder builder)
    {
        IEnumerable<KeyValuePair<string, string?>> logs = builder.Configuration[BusLevel] is null ? Logs.Concat(BusLogs) : Logs;
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = logs });
        SettingsCheck.Require(builder.Configuration);
        builder.Services.AddHostedService<LimitCalls>();
        builder.Services.AddHostedService<BrokenDefinitionWarnings>();
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        // Without ICU, .NET treats two Unicode forms of a name as two names, and a host with ICU treats them as one.
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00e9")
        {
            throw new HostSettingsException(
                "This process runs without ICU, so names cannot be compared. Install libicu and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }

        return builder;
    }
}
