using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;

namespace Connections.Files.Storage;

/// <summary>An upload into a bucket, in parts once the file is larger than one of them.</summary>
internal sealed class UnpublishedObject(AmazonS3Client client, string bucket, string key, TimeProvider clock) : IUnpublishedBytes
{
    // A file of 5 GiB has 640 parts of the 10,000 that are allowed.
    private const int SmallPart = 8 * 1024 * 1024;

    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(5);

    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(SmallPart);
    private readonly List<PartETag> parts = [];
    private string? upload;
    private int filled;
    private bool published;

    public async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (bytes.Length > 0)
        {
            if (filled == SmallPart) await Run(() => SendPart(ct));
            var taken = Math.Min(bytes.Length, SmallPart - filled);
            bytes[..taken].CopyTo(buffer.AsMemory(filled));
            filled += taken;
            bytes = bytes[taken..];
        }
    }

    public async Task Publish(CancellationToken ct)
    {
        if (parts.Count == 0)
        {
            await Run(() => client.PutObjectAsync(
                new PutObjectRequest { BucketName = bucket, Key = key, InputStream = Filled(), UseChunkEncoding = false }, ct));
        }
        else
        {
            if (filled > 0) await Run(() => SendPart(ct));
            await Run(() => client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts }, ct));
        }

        published = true;
    }

    public async ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        if (published || upload is null) return;
        using var limit = new CancellationTokenSource(AbortLimit, clock);
        try
        {
            await client.AbortMultipartUploadAsync(bucket, key, upload, limit.Token);
        }
        catch (Exception fault) when (BucketClient.IsFault(fault) || fault is OperationCanceledException)
        {
            // The sweep removes it.
        }
    }

    private async Task<UploadPartResponse> SendPart(CancellationToken ct)
    {
        upload ??= (await client.InitiateMultipartUploadAsync(bucket, key, ct)).UploadId;
        var sent = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = upload,
                PartNumber = parts.Count + 1,
                PartSize = filled,
                InputStream = Filled(),
                UseChunkEncoding = false
            },
            ct);
        parts.Add(new PartETag(parts.Count + 1, sent.ETag));
        filled = 0;
        return sent;
    }

    private MemoryStream Filled() => new(buffer, 0, filled, writable: false);

    private static async Task Run<T>(Func<Task<T>> work)
    {
        try
        {
            await work();
        }
        catch (Exception fault) when (BucketClient.IsFault(fault))
        {
            throw BucketClient.Translate(fault);
        }
    }
}
