using Connections.Connectors.Guard;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Connections.Hosting.Limits;

/// <summary>Limits calls to providers and open files of workspaces once the host has started, and its own descriptors can be counted.</summary>
internal sealed class LimitCalls(IOptions<KestrelServerOptions> kestrel) : IHostedLifecycleService
{
    // The listener of a worker accepts so many.
    private const long HealthConnections = 100;

    private const int FilesPart = 4;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (ConnectionLimit.Descriptors is { } descriptors)
        {
            var left = ConnectionLimit.Outbound(
                descriptors, ConnectionLimit.Open, kestrel.Value.Limits.MaxConcurrentConnections ?? HealthConnections);
            DescriptorBudget.Files.Most = left / FilesPart;
            DescriptorBudget.Calls.Most = left - DescriptorBudget.Files.Most;
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
