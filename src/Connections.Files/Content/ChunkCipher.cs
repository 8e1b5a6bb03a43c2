using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Connections.Files.Content;

/// <summary>
/// Encrypts the chunks of one file with AES-256-GCM under the key of that file, which encrypts nothing else. So the number of a chunk is
/// its nonce. The number, the end of the file, its id and workspace are bound in: a chunk opens in its own place of its own file only. The
/// sealed record of the file holds the key together with the size, and so the number of chunks.
/// </summary>
internal sealed class ChunkCipher : IDisposable
{
    public const int KeySize = 32;
    public const int ChunkSize = 64 * 1024;
    public const int BoxSize = ChunkSize + TagSize;

    private const int TagSize = 16;
    private const int NonceSize = 12;

    private readonly AesGcm aes;
    private readonly byte[] boundTo;

    public ChunkCipher(ReadOnlySpan<byte> key, string workspace, Guid id)
    {
        aes = new AesGcm(key, TagSize);
        boundTo = [.. Encoding.UTF8.GetBytes($"file-chunk/v1/{workspace}/{id}/"), .. new byte[sizeof(long) + 1]];
    }

    /// <summary>An empty file has one chunk, so that its emptiness is verified too.</summary>
    public static long Chunks(long size) => Math.Max(1, (size + ChunkSize - 1) / ChunkSize);

    public static long StoredLength(long size) => size + Chunks(size) * TagSize;

    /// <returns>The length of the box.</returns>
    public int Seal(long number, bool last, ReadOnlySpan<byte> clear, Span<byte> box)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Bind(number, last, nonce);
        aes.Encrypt(nonce, clear, box[..clear.Length], box.Slice(clear.Length, TagSize), boundTo);
        return clear.Length + TagSize;
    }

    /// <exception cref="CryptographicException">This is not that chunk of that file.</exception>
    public void Open(long number, bool last, ReadOnlySpan<byte> box, Span<byte> clear)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Bind(number, last, nonce);
        aes.Decrypt(nonce, box[..^TagSize], box[^TagSize..], clear[..(box.Length - TagSize)], boundTo);
    }

    public void Dispose() => aes.Dispose();

    private void Bind(long number, bool last, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[^sizeof(long)..], number);
        BinaryPrimitives.WriteInt64BigEndian(boundTo.AsSpan(boundTo.Length - sizeof(long) - 1), number);
        boundTo[^1] = last ? (byte)1 : (byte)0;
    }
}
