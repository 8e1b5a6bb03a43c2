using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Connections.Connectors.Files;
using Microsoft.Extensions.Options;

namespace Connections.Files.Storage;

/// <summary>The bytes of the files in a bucket: one object each. An object exists once all its bytes are there.</summary>
internal sealed class FileBucket(IOptions<FilesOptions> options, TimeProvider clock) : IByteStore, IDisposable
{
    private const string Marker = "store-id";
    private const int LongestIdentity = 100;

    // Each call of the store looks for the identity, and a request takes milliseconds.
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly BucketOptions bucket = options.Value.Bucket;
    private readonly Lazy<AmazonS3Client> client = new(() => BucketClient.Create(options.Value.Bucket));
    private readonly string prefix = options.Value.Bucket.Prefix is [.., not '/'] and var folder
        ? $"{folder}/" : options.Value.Bucket.Prefix;
    private volatile Seen? seen;

    public string? Place => $"{bucket.Name}/{prefix}";

    public string Kind => "bucket";

    public bool IsOwn => false;

    private AmazonS3Client Client => client.Value;

    public Task<IUnpublishedBytes> Create(Guid id, long? size, CancellationToken ct) =>
        Task.FromResult<IUnpublishedBytes>(new UnpublishedObject(Client, bucket.Name!, Key(id), clock));

    public async Task<IStoredBytes?> Open(Guid id, CancellationToken ct) =>
        await BucketClient.RunIfPresent(() => Client.GetObjectMetadataAsync(bucket.Name, Key(id), ct)) is { } found
            ? new PublishedObject(Client, bucket.Name!, Key(id), found.ContentLength, clock) : null;

    public Task Remove(Guid id, CancellationToken ct) =>
        BucketClient.RunIfPresent(() => Client.DeleteObjectAsync(bucket.Name, Key(id), ct));

    public async Task<int> RemoveUnpublished(DateTimeOffset? before, CancellationToken ct)
    {
        var request = new ListMultipartUploadsRequest { BucketName = bucket.Name, Prefix = prefix };
        for (var removed = 0; ;)
        {
            var page = await Uploads(request, ct);
            foreach (var upload in page?.MultipartUploads ?? [])
            {
                if (Find(upload.Key) is null || (before is { } time && await WrittenSince(upload, time, ct))) continue;
                var aborted = await BucketClient.RunIfPresent(
                    () => Client.AbortMultipartUploadAsync(bucket.Name, upload.Key, upload.UploadId, ct));
                if (aborted is not null) removed++;
            }

            if (page?.IsTruncated != true) return removed;
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
    }

    public async IAsyncEnumerable<Guid> WrittenBefore(DateTimeOffset before, [EnumeratorCancellation] CancellationToken ct)
    {
        var request = new ListObjectsV2Request { BucketName = bucket.Name, Prefix = prefix };
        do
        {
            var page = await BucketClient.Run(() => Client.ListObjectsV2Async(request, ct));
            foreach (var item in page.S3Objects ?? [])
                if (item.LastModified?.ToUniversalTime() < before.UtcDateTime && Find(item.Key) is { } id) yield return id;
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    public async Task<string?> ReadIdentity(CancellationToken ct)
    {
        if (seen is { } known && clock.GetElapsedTime(known.At) < Remembered) return known.Identity;
        seen = null;
        try
        {
            using var marker = await Client.GetObjectAsync(bucket.Name, prefix + Marker, ct);
            using var text = new StreamReader(marker.ResponseStream);
            var buffer = new char[LongestIdentity];
            var length = await text.ReadBlockAsync(buffer, ct);
            var identity = new string(buffer, 0, length).Trim();
            if (identity.Length == 0) return null;
            seen = new Seen(identity, clock.GetTimestamp());
            return identity;
        }
        catch (Exception fault) when (BucketClient.IsFault(fault))
        {
            return BucketClient.IsMissing(fault) ? null : throw Unusable(fault);
        }
    }

    public async Task<string> CreateIdentity(CancellationToken ct)
    {
        var id = Guid.NewGuid().ToString();
        try
        {
            await WriteIdentity(id, "*", ct);
        }
        catch (AmazonS3Exception exists) when (exists.StatusCode is System.Net.HttpStatusCode.PreconditionFailed or System.Net.HttpStatusCode.Conflict)
        {
            // another host was first
        }
        catch (Exception fault) when (BucketClient.IsFault(fault))
        {
            throw Unusable(fault);
        }

        return await ReadIdentity(ct) ?? id;
    }

    public void Dispose()
    {
        if (client.IsValueCreated) client.Value.Dispose();
    }

    private async Task WriteIdentity(string id, string? condition, CancellationToken ct)
    {
        try
        {
            await Client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = bucket.Name,
                    Key = prefix + Marker,
                    InputStream = new MemoryStream(Encoding.ASCII.GetBytes(id)),
                    IfNoneMatch = condition,
                    UseChunkEncoding = false
                },
                ct);
        }
        catch (Exception unknown) when (condition is not null && BucketClient.IsUnknown(unknown))
        {
            await WriteIdentity(id, condition: null, ct); // a compatible store that knows no conditions
        }
    }

    private string Key(Guid id) => $"{prefix}{id.ToString()[..2]}/{id}";

    // Other applications may use the same bucket.
    private Guid? Find(string key) => Guid.TryParse(key[(key.LastIndexOf('/') + 1)..], out var id) && key == Key(id) ? id : null;

    // Not every compatible store lists uploads. A rule of the bucket then has to remove them.
    private async Task<ListMultipartUploadsResponse?> Uploads(ListMultipartUploadsRequest request, CancellationToken ct)
    {
        try
        {
            return await BucketClient.Run(() => Client.ListMultipartUploadsAsync(request, ct));
        }
        catch (FileStoreUnavailableException unknown) when (BucketClient.IsUnknown(unknown.InnerException!))
        {
            return null;
        }
    }

    // Nobody tells whether a process still writes an upload, but its parts have times.
    private async Task<bool> WrittenSince(MultipartUpload upload, DateTimeOffset time, CancellationToken ct)
    {
        if (upload.Initiated?.ToUniversalTime() >= time.UtcDateTime) return true;
        var request = new ListPartsRequest { BucketName = bucket.Name, Key = upload.Key, UploadId = upload.UploadId };
        while (true)
        {
            if (await BucketClient.RunIfPresent(() => Client.ListPartsAsync(request, ct)) is not { } page) return true; // ended meanwhile
            if ((page.Parts ?? []).Any(part => part.LastModified?.ToUniversalTime() >= time.UtcDateTime)) return true;
            if (page.IsTruncated != true || page.NextPartNumberMarker is not { } next) return false;
            request.PartNumberMarker = next.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static PlaceException Unusable(Exception fault) => new(
        $"its bucket cannot be used ({BucketClient.Cause(fault)})",
        "Check the settings Files:Bucket, the rights of the key, and that this host reaches the bucket.",
        fault);

    private sealed record Seen(string Identity, long At);
}
