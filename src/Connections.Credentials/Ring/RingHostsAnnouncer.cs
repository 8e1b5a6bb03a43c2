using Connections.Credentials.Vault;
using EventSourcing.Sql;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials.Ring;

/// <summary>Announces this host while it runs. An embedded vault has one host only, so nothing is announced there.</summary>
internal sealed class RingHostsAnnouncer(
    VaultDatabase database, RingHosts hosts, IHostEnvironment environment, TimeProvider clock, ILogger<RingHostsAnnouncer> log) : BackgroundService
{
    private readonly string name = $"{environment.ApplicationName} {Environment.ProcessId} on {Environment.MachineName}";

    private bool Shared => database.Sql.Provider == SqlProvider.PostgreSql;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (Shared) await Try(() => hosts.Withdraw(name, cancellationToken), cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (Shared && !stoppingToken.IsCancellationRequested)
        {
            await Try(() => hosts.Announce(name, stoppingToken), stoppingToken);
            await Task.Delay(RingHosts.Interval, clock, stoppingToken);
        }
    }

    // Other parts report that the database is unavailable. A fault that left this class would end the host.
    private async Task Try(Func<Task> write, CancellationToken ct)
    {
        try
        {
            await write();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogDebug(e, "The host could not be announced; trying again in {Interval}", RingHosts.Interval);
        }
    }
}
