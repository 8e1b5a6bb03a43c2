using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace TestServers.Uploads;

/// <summary>A file that a double received.</summary>
/// <param name="Vendor"><c>google-drive</c>, <c>onedrive</c>, <c>dropbox</c> or <c>aws-s3</c>.</param>
public sealed record UploadedFile(string Vendor, string Name, long Size, string Sha256);

/// <summary>An upload that is not complete. Its bytes are hashed and not kept.</summary>
internal sealed class ReceivedUpload(string vendor, string name, long total = long.MaxValue)
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Received { get; private set; }

    public bool IsComplete => Received == total;

    /// <summary>The lengths of the parts.</summary>
    public List<long> Parts { get; } = [];

    public string Name => name;

    /// <summary>Takes the body of a request as the next part.</summary>
    public async Task Take(HttpContext http)
    {
        var (buffer, before) = (ArrayPool<byte>.Shared.Rent(64 * 1024), Received);
        try
        {
            for (int read; (read = await http.Request.Body.ReadAsync(buffer)) > 0; Received += read) hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (Received > before) Parts.Add(Received - before);
    }

    public UploadedFile Complete() => new(vendor, name, Received, Convert.ToHexStringLower(hash.GetHashAndReset()));
}
