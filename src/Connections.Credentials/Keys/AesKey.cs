using System.Security.Cryptography;

namespace Connections.Credentials.Keys;

/// <summary>
/// AES-256-GCM under one key. A box holds nonce, ciphertext and tag. The key is leased: each lease is disposed, and the last one wipes the
/// key from memory. After that the key throws, so that nothing is sealed under zeros.
/// </summary>
internal sealed class AesKey(byte[] material) : IDisposable
{
    public const int Size = 32;
    public const int Overhead = NonceSize + TagSize;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    // An AesGcm serves one thread at a time. A caller that finds it taken creates another; one is kept.
    private AesGcm? idle;
    private int leases = 1;

    /// <summary>Only for callers that hold a lease.</summary>
    public ReadOnlySpan<byte> Material => material;

    /// <summary>False if the key was wiped meanwhile.</summary>
    public bool Lease()
    {
        while (true)
        {
            var seen = Volatile.Read(ref leases);
            if (seen == 0) return false;
            if (Interlocked.CompareExchange(ref leases, seen + 1, seen) == seen) return true;
        }
    }

    public void Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> additionalData, Span<byte> box)
    {
        var nonce = box[..NonceSize];
        RandomNumberGenerator.Fill(nonce);
        var aes = Borrow();
        try
        {
            aes.Encrypt(nonce, clear, box[NonceSize..^TagSize], box[^TagSize..], additionalData);
        }
        finally
        {
            GiveBack(aes);
        }
    }

    public byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> additionalData)
    {
        var box = new byte[clear.Length + Overhead];
        Seal(clear, additionalData, box);
        return box;
    }

    /// <exception cref="CryptographicException">The box was changed, or sealed under another key or with other additional data.</exception>
    public byte[] Open(ReadOnlySpan<byte> box, ReadOnlySpan<byte> additionalData)
    {
        if (box.Length < Overhead) throw new CryptographicException("The sealed data is truncated.");
        var clear = new byte[box.Length - Overhead];
        var aes = Borrow();
        try
        {
            aes.Decrypt(box[..NonceSize], box[NonceSize..^TagSize], box[^TagSize..], clear, additionalData);
        }
        finally
        {
            GiveBack(aes);
        }

        return clear;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref leases) != 0) return;
        idle?.Dispose();
        CryptographicOperations.ZeroMemory(material);
    }

    private AesGcm Borrow()
    {
        ObjectDisposedException.ThrowIf(!Lease(), this);
        return Interlocked.Exchange(ref idle, null) ?? new AesGcm(material, TagSize);
    }

    private void GiveBack(AesGcm aes)
    {
        if (Interlocked.CompareExchange(ref idle, aes, null) is not null) aes.Dispose();
        Dispose();
    }
}
