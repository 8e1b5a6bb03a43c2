using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;
using Connections.Connectors.Guard;

namespace Connections.Files.Storage;

/// <summary>
/// An upload into a bucket, in parts once the file is larger than one of them. It counts as an open file, and its buffer grows with the bytes
/// that it has to send.
/// </summary>
internal sealed class UnpublishedObject : IUnpublishedBytes
{
    // A file of 5 GiB has 640 parts of the 10,000 that are allowed.
    private const int PartSize = 8 * 1024 * 1024;
    private const int FirstBuffer = 64 * 1024;

    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(5);

    private readonly AmazonS3Client client;
    private readonly string bucket;
    private readonly string key;
    private readonly TimeProvider clock;
    private readonly List<PartETag> parts = [];
    private byte[] buffer;
    private string? upload;
    private int filled;
    private bool published;
    private bool disposed;

    /// <exception cref="Connectors.Files.FileStoreUnavailableException">Too many files are open.</exception>
    public UnpublishedObject(AmazonS3Client client, string bucket, string key, TimeProvider clock)
    {
        CountedFile.Take();
        (this.client, this.bucket, this.key, this.clock) = (client, bucket, key, clock);
        buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    }

    public async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (bytes.Length > 0)
        {
            if (filled == PartSize) await BucketClient.Run(() => SendPart(ct));
            if (filled == buffer.Length) Grow();
            var taken = Math.Min(bytes.Length, Math.Min(buffer.Length, PartSize) - filled);
            bytes[..taken].CopyTo(buffer.AsMemory(filled));
            filled += taken;
            bytes = bytes[taken..];
        }
    }

    public async Task Publish(CancellationToken ct)
    {
        if (parts.Count == 0)
        {
            await BucketClient.Run(() => client.PutObjectAsync(
                new PutObjectRequest { BucketName = bucket, Key = key, InputStream = Filled(), UseChunkEncoding = false }, ct));
        }
        else
        {
            if (filled > 0) await BucketClient.Run(() => SendPart(ct));
            await BucketClient.Run(() => client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts }, ct));
        }

        published = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        ArrayPool<byte>.Shared.Return(buffer);
        DescriptorBudget.Files.GiveBack(1);
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

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(2 * buffer.Length, PartSize));
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
