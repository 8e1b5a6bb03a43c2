using System.Security.Cryptography;

namespace Bench;

/// <summary>The least that a file of the store costs: it is read, hashed, encrypted in chunks, and written durably.</summary>
internal static class TransferFloor
{
    private const int Chunk = 64 * 1024;
    private const int TagSize = 16;

    public static async Task<ProcessUse> Measure(Folder folder, long size)
    {
        var (from, to) = (folder.File("floor"), folder.File("floor-copy"));
        await using (var source = File.Create(from))
        {
            var block = RandomNumberGenerator.GetBytes(16 * Chunk);
            for (var written = 0L; written < size; written += block.Length)
                await source.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, size - written)));
        }

        var used = await ProcessUse.Measure(() => Copy(from, to));
        File.Delete(from);
        File.Delete(to);
        return used;
    }

    private static async Task Copy(string from, string to)
    {
        using var aes = new AesGcm(RandomNumberGenerator.GetBytes(32), TagSize);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (clear, box, nonce) = (new byte[Chunk], new byte[Chunk + TagSize], new byte[12]);
        var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        await using var source = new FileStream(from, new FileStreamOptions { BufferSize = 0 });
        await using var target = new FileStream(to, settings);
        for (int read; (read = await source.ReadAtLeastAsync(clear, Chunk, throwOnEndOfStream: false)) > 0;)
        {
            hash.AppendData(clear, 0, read);
            BitConverter.TryWriteBytes(nonce, target.Position);
            aes.Encrypt(nonce, clear.AsSpan(0, read), box.AsSpan(0, read), box.AsSpan(read, TagSize));
            await target.WriteAsync(box.AsMemory(0, read + TagSize));
        }

        hash.GetHashAndReset();
        target.Flush(flushToDisk: true);
    }
}
