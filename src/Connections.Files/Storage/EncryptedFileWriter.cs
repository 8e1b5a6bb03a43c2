using System.Security.Cryptography;
using Connections.Connectors.Files;
using Connections.Files.Content;
using EventSourcing;

namespace Connections.Files.Storage;

/// <param name="Key">The key of the file; wiped when the writer is disposed of.</param>
internal sealed record WrittenContent(byte[] Key, long Size, string Sha256);

/// <summary>Encrypts a file chunk by chunk into the store. What is not complete is removed when the writer is disposed of.</summary>
/// <param name="failsWhole">Whether a record is surely not stored when <paramref name="add"/> fails.</param>
/// <param name="add">Stores the record of the complete file.</param>
internal sealed class EncryptedFileWriter(
    IByteStore place,
    IUnpublishedBytes part,
    Guid id,
    string workspace,
    long limit,
    bool failsWhole,
    Func<WrittenContent, CancellationToken, Task<StoredFile>> add) : IFileWriter
{
    private const string Stored = "stored";

    private readonly byte[] key = RandomNumberGenerator.GetBytes(ChunkCipher.KeySize);
    private readonly byte[] chunk = new byte[ChunkCipher.ChunkSize];
    private readonly byte[] box = new byte[ChunkCipher.BoxSize];
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ChunkCipher? cipher;
    private int filled;
    private long number;
    private long size;
    private bool published;
    private string outcome = "broken-off";

    public async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (size + bytes.Length > limit) throw Ended(FileRejections.TooLarge(limit));
        size += bytes.Length;
        hash.AppendData(bytes.Span);
        FileMeter.Written(bytes.Length);
        while (bytes.Length > 0)
        {
            // A full chunk waits for the next byte, because the last one is sealed as the last.
            if (filled == chunk.Length) await Store(last: false, ct);
            var taken = Math.Min(bytes.Length, chunk.Length - filled);
            bytes[..taken].CopyTo(chunk.AsMemory(filled));
            filled += taken;
            bytes = bytes[taken..];
        }
    }

    public async Task<StoredFile> Complete(CancellationToken ct)
    {
        await Store(last: true, ct);
        try
        {
            await part.Publish(ct);
            published = true;
            var stored = await add(new WrittenContent(key, size, Convert.ToHexStringLower(hash.GetHashAndReset())), ct);
            outcome = Stored;
            return stored;
        }
        catch (RejectedException rejected)
        {
            throw Ended(rejected);
        }
    }

    public async ValueTask DisposeAsync()
    {
        cipher?.Dispose();
        hash.Dispose();
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(chunk);
        FileMeter.Uploaded(outcome);
        try
        {
            await part.DisposeAsync();
            // Where the database may have stored the record without a response, the bytes stay for the sweep.
            if (outcome != Stored && published && failsWhole) await place.Remove(id, CancellationToken.None);
        }
        catch (FileStoreUnavailableException)
        {
            // The sweep removes it.
        }
    }

    private async ValueTask Store(bool last, CancellationToken ct)
    {
        cipher ??= new ChunkCipher(key, workspace, id);
        var length = cipher.Seal(number++, last, chunk.AsSpan(0, filled), box);
        filled = 0;
        try
        {
            await part.Write(box.AsMemory(0, length), ct);
        }
        catch (RejectedException rejected)
        {
            throw Ended(rejected);
        }
    }

    private Exception Ended(Exception cause)
    {
        if (cause is RejectedException rejected) outcome = rejected.Code["file.".Length..];
        return cause;
    }
}
