using Connections.Credentials.Ring;
using Connections.Credentials.Vault;
using Microsoft.Extensions.Hosting;

namespace Connections.Credentials;

/// <summary>Creates the tables and checks the key ring, before any other service of the host starts.</summary>
public sealed class VaultStart(VaultDatabase database, KeyRing ring) : IHostedLifecycleService
{
    /// <exception cref="KeyRingException">The ring does not fit the vault.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await VaultTables.For(database.Sql.Provider).Apply(database.Sql, cancellationToken);
        await RingCheck.Run(database, ring, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
