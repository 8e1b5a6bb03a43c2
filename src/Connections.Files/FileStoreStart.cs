using Connections.Files.Records;
using Connections.Files.Storage;
using Microsoft.Extensions.Hosting;

namespace Connections.Files;

/// <summary>Creates the tables and the place of the bytes. A service that is one process also removes the uploads that its last run left.</summary>
internal sealed class FileStoreStart(FileRecords records, StoreIdentity identity, IByteStore bytes) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await records.CreateTables(cancellationToken);
        if (await identity.Problem(cancellationToken) is null && bytes is { IsOwn: true, Place: not null })
            await bytes.RemoveUnpublished(before: null, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
