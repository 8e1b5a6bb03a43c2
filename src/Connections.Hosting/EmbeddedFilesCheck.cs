using EventSourcing.Sql;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting;

/// <summary>
/// Opens the SQLite files before anything starts. Unusable files keep the service from starting, instead of failing in every loop.
/// </summary>
internal sealed class EmbeddedFilesCheck(
    EmbeddedFolder folder, ReadModelDatabase readModels, ServiceDatabase service, KeyDatabase keys, ILogger<EmbeddedFilesCheck> log) : IHostedLifecycleService
{
    /// <exception cref="SqliteFileException">A file is foreign or damaged, or is not writable.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (PrivateFile.OpenToOthers(folder.Path) is { } mode)
        {
            log.LogWarning(
                "Other users of this machine may read the data folder (mode {Mode}). Only this user needs it: chmod 700 {Folder}", mode, folder.Path);
        }

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
