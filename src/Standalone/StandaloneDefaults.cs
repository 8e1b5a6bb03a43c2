using Connections.Connectors.Guard;
using Connections.Hosting;
using Microsoft.Extensions.Configuration.Memory;

namespace Standalone;

internal static class StandaloneDefaults
{
    private const string Address = "http://127.0.0.1:5080";

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

/// <summary>Prints the address and the important files once the service listens.</summary>
internal sealed class StartupMessage(IServiceProvider services, EmbeddedFolder folder, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        var server = services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>();
        var addresses = server.Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()?.Addresses ?? [];
        Console.WriteLine(
            $"""

            Connections listens on {string.Join(", ", addresses)}
              API key   {folder.ApiKeyPath}
              data      {folder.Path}
              key ring  {folder.KeyRingPath}   (back it up, apart from the data)
            Press Ctrl+C to stop.

            """);
    }
}
