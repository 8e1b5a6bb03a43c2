using System.Security.Cryptography;
using Connections.Files.Storage;

namespace Connections.Files.Content;

/// <summary>Reads a stored file from any position. Bytes are given out only after their chunk was verified.</summary>
/// <param name="unreadable">Creates the exception for a chunk that is not the stored one.</param>
internal sealed class DecryptedFile(IStoredBytes bytes, ChunkCipher cipher, long size, Func<Exception?, Exception> unreadable) : Stream
{
    private readonly byte[] box = new byte[ChunkCipher.BoxSize];
    private readonly byte[] chunk = new byte[ChunkCipher.ChunkSize];
    private long position;
    private long loaded = -1;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => size;

    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Place(buffer.Length) is not { Length: > 0 } place) return 0;
        if (place.Chunk != loaded)
        {
            var (offset, length) = Stored(place.Chunk);
            Load(place.Chunk, await bytes.ReadAsync(box.AsMemory(0, length), offset, cancellationToken), length);
        }

        return Give(place, buffer.Span);
    }

    public override int Read(Span<byte> buffer)
    {
        if (Place(buffer.Length) is not { Length: > 0 } place) return 0;
        if (place.Chunk != loaded)
        {
            var (offset, length) = Stored(place.Chunk);
            Load(place.Chunk, bytes.Read(box.AsSpan(0, length), offset), length);
        }

        return Give(place, buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => size + offset
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            bytes.Dispose();
            cipher.Dispose();
            CryptographicOperations.ZeroMemory(chunk);
        }

        base.Dispose(disposing);
    }

    // An empty file has a chunk too; it is verified when the file is opened.
    private (long Chunk, int Start, int Length) Place(int wanted)
    {
        if (position >= size) return default;
        var start = (int)(position % ChunkCipher.ChunkSize);
        return (position / ChunkCipher.ChunkSize, start, (int)Math.Min(Math.Min(wanted, ChunkCipher.ChunkSize - start), size - position));
    }

    private (long Offset, int Length) Stored(long number)
    {
        var offset = number * ChunkCipher.BoxSize;
        return (offset, (int)Math.Min(ChunkCipher.BoxSize, ChunkCipher.StoredLength(size) - offset));
    }

    /// <summary>Verifies the only chunk of an empty file.</summary>
    public async Task VerifyEmpty(CancellationToken ct)
    {
        var (offset, length) = Stored(0);
        Load(0, await bytes.ReadAsync(box.AsMemory(0, length), offset, ct), length);
    }

    private void Load(long number, int read, int length)
    {
        loaded = -1;
        if (read < length) throw unreadable(null);
        try
        {
            cipher.Open(number, number == ChunkCipher.Chunks(size) - 1, box.AsSpan(0, length), chunk);
        }
        catch (CryptographicException changed)
        {
            throw unreadable(changed);
        }

        loaded = number;
    }

    private int Give((long Chunk, int Start, int Length) place, Span<byte> buffer)
    {
        chunk.AsSpan(place.Start, place.Length).CopyTo(buffer);
        position += place.Length;
        FileMeter.Read(place.Length);
        return place.Length;
    }
}
