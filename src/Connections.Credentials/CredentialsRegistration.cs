using Connections.Credentials.Keys;
using Connections.Credentials.OneTime;
using Connections.Credentials.Ring;
using Connections.Credentials.Sealing;
using Connections.Credentials.Tokens;
using Connections.Credentials.Vault;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials;

public static class CredentialsRegistration
{
    /// <summary>
    /// Registers vault, seals, keyed hashes and one-time secrets on the host's <see cref="VaultDatabase"/>. The host does not start without
    /// a key ring that fits the vault.
    /// </summary>
    /// <param name="makeRingAt">The path where a host creates its own key ring if none is configured; null: a configured ring is
    /// required.</param>
    public static IHostApplicationBuilder AddCredentials(this IHostApplicationBuilder builder, string? makeRingAt = null)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => OpenRing(
            provider.GetRequiredService<IConfiguration>(), makeRingAt, provider.GetRequiredService<ILogger<KeyRing>>()));
        services.TryAddSingleton<DataKeys>();
        services.TryAddSingleton<IVault, SqlVault>();
        services.TryAddSingleton<ISeals, Seals>();
        services.TryAddSingleton<IKeyedHash, KeyedHash>();
        services.TryAddSingleton<IOneTimeSecrets, OneTimeSecrets>();
        services.TryAddSingleton<RefreshOwner>();
        services.TryAddSingleton<TokenRefresh>();
        services.TryAddSingleton<TokenProvider>();
        services.TryAddSingleton<TokenClosing>();
        services.TryAddSingleton<RingHosts>();
        services.TryAddSingleton<Rewrap>();
        services.AddHostedService<VaultStart>();
        services.AddHostedService<RingHostsAnnouncer>();
        services.AddHostedService<RewrapDaily>();
        return builder;
    }

    private static KeyRing OpenRing(IConfiguration configuration, string? makeRingAt, ILogger log)
    {
        if (makeRingAt is null) return KeyRingConfiguration.Require(configuration);
        if (KeyRingConfiguration.Read(configuration) is { } configured) return configured;
        var (ring, made) = KeyRingFile.ReadOrMake(makeRingAt);
        if (made)
        {
            log.LogWarning(
                "Created the key ring {Path}. Without it the vault cannot be read; anyone with both can read every secret. "
                + "Back it up, separately from the data",
                makeRingAt);
        }
        else
        {
            log.LogInformation("The key ring is {Path}, active key {ActiveKey}", makeRingAt, ring.ActiveKey);
        }

        return ring;
    }
}
