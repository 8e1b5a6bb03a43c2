using Connections.Connectors;
using Connections.Connectors.OAuth;
using Connections.Hosting;
using DemoDefinitions;
using DemoProvider;

namespace Standalone;

/// <summary><c>--demo</c>: starts an OAuth provider on loopback with two connectors for it, so that a new user can try a sign-in.</summary>
internal static class Demo
{
    private const string Switch = "--demo";

    public static bool IsRequested(string[] args) => args.Contains(Switch);

    public static string[] Without(string[] args) => [.. args.Where(a => a != Switch)];

    public static async Task AddDemo(this WebApplicationBuilder builder)
    {
        var provider = await Provider.Build(Settings(builder.Configuration));
        await Start(provider, builder.Configuration);
        var address = provider.Urls.First();
        foreach (var connector in new[] { DemoConnectors.Mail, DemoConnectors.Files })
        {
            builder.Services.AddDefinedConnector(connector);
            var section = $"{OAuthApplications.Section}:{connector.Entry.Id}";
            builder.Configuration[$"{section}:Base"] = address;
            builder.Configuration[$"{section}:ClientId"] = DemoSettings.ClientId;
            builder.Configuration[$"{section}:ClientSecret"] = DemoSettings.ClientSecret;
        }

        builder.Services.AddSingleton<IHostedService>(_ => new DemoProviderService(provider, address));
    }

    private static async Task Start(WebApplication provider, IConfiguration configuration)
    {
        try
        {
            await provider.StartAsync();
        }
        catch (IOException inUse) when (inUse.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await provider.DisposeAsync();
            throw new HostSettingsException(
                $"Another process uses the address of the demo provider, {DemoSettings.Address(configuration)}. Set another one, such as --Demo:Urls=http://127.0.0.1:5082.");
        }
    }

    private static DemoSettings Settings(IConfiguration configuration)
    {
        try
        {
            return DemoSettings.Read(configuration);
        }
        catch (ArgumentException invalid)
        {
            throw new HostSettingsException(invalid.Message);
        }
    }

    private sealed class DemoProviderService(WebApplication provider, string address) : IHostedService, IAsyncDisposable
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            Console.WriteLine($"Demo provider listens on {address}: connect demo-mail or demo-files, and sign in as ada or bob");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => provider.StopAsync(cancellationToken);

        public ValueTask DisposeAsync() => provider.DisposeAsync();
    }
}
