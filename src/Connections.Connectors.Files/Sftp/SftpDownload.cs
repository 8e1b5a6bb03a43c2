using System.Buffers;
using Connections.Connectors.Files;
using Connections.Domain;
using Renci.SshNet.Common;

namespace Connections.Connectors.Sftp;

/// <summary>Copies a file into the file store.</summary>
internal sealed class SftpDownload(SftpSession session, GivenFiles files)
{
    private const int Part = 64 * 1024;

    public async Task<ConnectorResult> Run(string workspace, SftpPath path, CancellationToken ct)
    {
        if (files.Store is not { } store)
            return FileActivities.NoStore;
        if (await session.Find(path, ct) is not { } found) throw new SftpPathNotFoundException();
        if (found.IsDirectory) return FileActivities.Wrong("This is a folder; fetch-file fetches files only.");
        // Reading a device or a pipe may never end.
        if (!found.IsRegularFile) return FileActivities.Wrong("This is no file but a device, a pipe or a link to nothing.");
        await using var to = await store.Create(workspace, new NewFile(path.Name, null, found.Length), ct);
        var done = await Copy(found.FullName, to, found.Length, ct);
        var after = await session.Find(path, ct);
        if (done != found.Length || after?.Length != found.Length || after.LastWriteTimeUtc != found.LastWriteTimeUtc)
            return new ConnectorResult.Failed(
                FailureKind.Unavailable, "The file was changed while it was read. Nothing was stored; fetch it again.", Delivered.No, Answered: true);
        return new ConnectorResult.Done(GivenFiles.Describe(await to.Complete(ct)));
    }

    private async Task<long> Copy(string path, IFileWriter to, long size, CancellationToken ct)
    {
        var (buffer, done) = (ArrayPool<byte>.Shared.Rent(Part), 0L);
        try
        {
            await using var from = await session.Client.OpenAsync(path, FileMode.Open, FileAccess.Read, ct);
            for (int read; done <= size && (read = await from.ReadAsync(buffer.AsMemory(0, Part), ct)) > 0; done += read)
            {
                session.Read(read);
                await to.Write(buffer.AsMemory(0, read), ct);
            }

            return done;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
