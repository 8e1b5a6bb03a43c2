using Connections.Credentials;
using Connections.Credentials.OneTime;
using Connections.Credentials.Ring;
using Connections.Credentials.Sealing;
using Connections.Credentials.Vault;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Credentials.Tests.Harness;

/// <summary>A host with only the vault. The daily rewrap runs only if a test requests it.</summary>
public sealed class RunningHost(IHost host) : IAsyncDisposable
{
    public IVault Vault => host.Services.GetRequiredService<IVault>();

    public ISeals Seals => host.Services.GetRequiredService<ISeals>();

    public IKeyedHash Hashes => host.Services.GetRequiredService<IKeyedHash>();

    public IOneTimeSecrets OneTime => host.Services.GetRequiredService<IOneTimeSecrets>();

    public RingHosts RingHosts => host.Services.GetRequiredService<RingHosts>();

    public Rewrap Rewrap => host.Services.GetRequiredService<Rewrap>();

    public static async Task<RunningHost> Start(
        TestStore store,
        TimeProvider clock,
        Dictionary<string, string?> ring,
        string? makeRingAt = null,
        ILoggerProvider? logs = null,
        bool rewraps = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(ring);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        if (logs is not null) builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(_ => store.Open());
        builder.AddCredentials(makeRingAt);
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(RingHostsAnnouncer))); // tests announce themselves
        if (!rewraps) builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(RewrapDaily)));
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return new RunningHost(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
