using EventSourcing.Sql;
using Microsoft.Extensions.Hosting;

namespace Connections.Hosting;

/// <summary>
/// Opens the SQLite files before anything starts. Unusable files keep the service from starting, instead of failing in every loop.
/// </summary>
internal sealed class EmbeddedFilesCheck(ReadModelDatabase readModels, ServiceDatabase service, KeyDatabase keys) : IHostedLifecycleService
{
    /// <exception cref="SqliteFileException">A file is foreign or damaged, or is not writable.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var database in new[] { readModels.Sql, service.Sql, keys.Sql })
        {
            await using var write = await database.BeginWrite(cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
