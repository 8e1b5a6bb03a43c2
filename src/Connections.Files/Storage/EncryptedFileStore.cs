using System.Security.Cryptography;
using System.Text.Json;
using Connections.Connectors.Files;
using Connections.Credentials.Sealing;
using Connections.Files.Content;
using Connections.Files.Records;
using EventSourcing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connections.Files.Storage;

/// <summary>Files in a folder or bucket, each encrypted under a key of its own, which its record holds sealed with the workspace's data key.</summary>
internal sealed class EncryptedFileStore(
    IByteStore place,
    StoreIdentity identity,
    FileRecords records,
    ISeals seals,
    IOptions<FilesOptions> options,
    TimeProvider clock,
    ILogger<EncryptedFileStore> log) : IFileStore
{
    public async Task<IFileWriter> Create(string workspace, NewFile file, CancellationToken ct)
    {
        await identity.Require(ct);
        var id = Guid.NewGuid();
        var limit = options.Value.MaxBytes;
        try
        {
            if (file.Size > limit) throw FileRejections.TooLarge(limit);
            return new EncryptedFileWriter(
                place, await place.Create(id, file.Size, ct), id, workspace, limit, records.FailWhole,
                (description, token) => Add(id, workspace, file, description, token));
        }
        catch (RejectedException rejected)
        {
            FileMeter.Uploaded(rejected.Code["file.".Length..]);
            throw;
        }
    }

    public async Task<StoredFile> Get(string workspace, Guid id, CancellationToken ct) => Show(id, await Find(workspace, id, ct));

    public async Task<OpenFile> Open(string workspace, Guid id, CancellationToken ct)
    {
        var found = await Find(workspace, id, ct);
        await identity.Require(ct);
        var bytes = await place.Open(id, ct);
        try
        {
            if (bytes is null || bytes.Length != ChunkCipher.StoredLength(found.Description.Size))
                throw Unreadable(workspace, id, bytes is null ? $"its bytes are not in the {place.Kind}" : "it has another length", null);
            var content = new DecryptedFile(
                bytes,
                new ChunkCipher(found.Description.Key, workspace, id),
                found.Description.Size,
                cause => Unreadable(workspace, id, "a chunk was changed", cause));
            if (content.Length == 0) await content.VerifyEmpty(ct);
            return new OpenFile(Show(id, found), content);
        }
        catch
        {
            bytes?.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(found.Description.Key);
        }
    }

    public async Task Delete(string workspace, Guid id, CancellationToken ct)
    {
        await identity.Require(ct);
        if (await records.Find(workspace, id, ct) is null) throw FileRejections.NotFound();
        // The record first: without its key nobody can read the bytes, and a sweep removes what a crash leaves.
        await records.Delete(id, ct);
        await place.Remove(id, ct);
        FileMeter.Removed("deleted");
    }

    private async Task<StoredFile> Add(Guid id, string workspace, NewFile file, WrittenContent written, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var expiresAt = DateTimeOffset.FromUnixTimeMilliseconds((now + options.Value.Retention).ToUnixTimeMilliseconds());
        var description = new FileDescription(written.Key, FileName.Clean(file.Name), FileName.CleanType(file.ContentType),
            written.Size, written.Sha256);
        var clear = JsonSerializer.SerializeToUtf8Bytes(description);
        try
        {
            var content = await seals.Seal(workspace, Subject(id), clear, ct);
            await records.Add(new FileRecord(id, workspace, content, expiresAt), now, ct);
        }
        catch (Exception fault) when (FileRecords.IsFull(fault))
        {
            throw FileRejections.StoreFull();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }

        return Show(id, new Found(description, expiresAt));
    }

    private async Task<Found> Find(string workspace, Guid id, CancellationToken ct)
    {
        if (place.Place is null) throw FileRejections.NotConfigured();
        if (await records.Find(workspace, id, ct) is not { } record) throw FileRejections.NotFound();
        if (record.ExpiresAt <= clock.GetUtcNow() || record.Sealed is null) throw FileRejections.Expired();
        byte[]? clear;
        try
        {
            clear = await seals.Open(workspace, Subject(id), record.Sealed, ct);
        }
        catch (Exception changed) when (changed is CryptographicException or FormatException)
        {
            throw Unreadable(workspace, id, "its record does not open", changed);
        }

        if (clear is null) throw Unreadable(workspace, id, "the key of its record was destroyed", null);
        var description = JsonSerializer.Deserialize<FileDescription>(clear)!;
        CryptographicOperations.ZeroMemory(clear);
        return new Found(description, record.ExpiresAt);
    }

    private RejectedException Unreadable(string workspace, Guid id, string problem, Exception? cause)
    {
        FileMeter.Unreadable();
        log.LogError(
            "The file {File} of {Workspace} cannot be read: {Problem} ({Cause})", id, workspace, problem, cause?.GetType().Name ?? "no exception");
        return FileRejections.Unreadable();
    }

    private static StoredFile Show(Guid id, Found found) => new(
        id, found.Description.Name, found.Description.Size, found.Description.ContentType, found.Description.Sha256, found.ExpiresAt);

    private static string Subject(Guid id) => $"file:{id}";

    private sealed record Found(FileDescription Description, DateTimeOffset ExpiresAt);
}
