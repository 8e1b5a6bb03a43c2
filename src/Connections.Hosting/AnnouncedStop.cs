using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

/// <summary>
/// Announces the stop of a host that could not start. Without the announcement .NET logs a trace for each background service that the
/// disposal cancels. Added last, so that it is disposed of first.
/// </summary>
internal sealed class AnnouncedStop(IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => lifetime.StopApplication();
}
