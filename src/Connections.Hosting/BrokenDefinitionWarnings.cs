using Connections.Connectors.Catalogue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting;

/// <summary>Logs the mistakes of the users' definitions when the host starts. Their connectors are left out.</summary>
public sealed class BrokenDefinitionWarnings(IEnumerable<BrokenConnector> broken, ILogger<BrokenDefinitionWarnings> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (connector, mistake) in broken.SelectMany(b => b.Faults, (b, mistake) => (b, mistake)))
            log.LogWarning("The connector of {File} is left out: {Mistake}", connector.Name, mistake);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
