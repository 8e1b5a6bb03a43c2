using System.Buffers;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.S3;

/// <summary>The parts of one upload. A part that did not arrive is sent again, because sending it twice is the same.</summary>
internal sealed class S3Parts(AmazonS3Client client, TimeProvider clock)
{
    private const int MaxParts = 10_000;
    private const int MaxTries = 5;
    private const int PartsPerStage = 8;
    private const int Mebibyte = 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(3);

    /// <summary>The parts that arrived, without a gap; null if the provider does not know the upload. One whose parts it does not list is removed.</summary>
    public async Task<List<PartETag>?> List(S3Path place, string upload, long size, CancellationToken ct)
    {
        var (partSize, found) = (GetPartSize(size), new List<PartETag>());
        var request = new ListPartsRequest { BucketName = place.Bucket, Key = place.Key, UploadId = upload };
        try
        {
            while (true)
            {
                var page = await client.ListPartsAsync(request, ct);
                foreach (var part in page.Parts ?? [])
                {
                    if (part.PartNumber != found.Count + 1 || part.Size != Math.Min(partSize, size - (long)found.Count * partSize)) return found;
                    found.Add(new PartETag(part.PartNumber.Value, part.ETag));
                }

                if (page.IsTruncated != true || page.NextPartNumberMarker is null) return found;
                request.PartNumberMarker = page.NextPartNumberMarker.Value.ToString(CultureInfo.InvariantCulture);
            }
        }
        catch (ProviderErrorException rejected) when (rejected.Error.Status == 404)
        {
            return null;
        }
        catch (ProviderErrorException unlisted) when (unlisted.Error.Status is 405 or 501 || unlisted.Failure.Kind == FailureKind.Forbidden)
        {
            await Abort(place, upload); // a compatible store that cannot list parts, or a key that may not
            return null;
        }
    }

    /// <summary>Sends the parts that are missing.</summary>
    /// <param name="sent">The parts that arrived, to which the others are added.</param>
    /// <param name="confirmed">Called now and then with the bytes that arrived.</param>
    public async Task Send(S3Path place, string upload, OpenFile file, List<PartETag> sent, Func<long, Task> confirmed, CancellationToken ct)
    {
        var partSize = GetPartSize(file.File.Size);
        var buffer = ArrayPool<byte>.Shared.Rent(partSize);
        try
        {
            var done = Math.Min(file.File.Size, (long)sent.Count * partSize);
            file.Content.Position = done;
            while (done < file.File.Size)
            {
                var length = (int)Math.Min(partSize, file.File.Size - done);
                await file.Content.ReadExactlyAsync(buffer.AsMemory(0, length), ct);
                sent.Add(await Tried(() => SendOne(place, upload, sent.Count + 1, buffer, length, ct), ct));
                done += length;
                if (sent.Count % PartsPerStage == 0) await confirmed(done);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <returns>The tag of the object; null if an earlier try, which had no answer, may have completed the upload.</returns>
    public async Task<string?> Complete(S3Path place, UploadState upload, List<PartETag> sent, string? condition, CancellationToken ct)
    {
        var tries = upload.Completing ? 1 : 0; // an earlier attempt may have tried it
        try
        {
            return await Tried(async () =>
            {
                tries++;
                return (await client.CompleteMultipartUploadAsync(
                    new CompleteMultipartUploadRequest
                    {
                        BucketName = place.Bucket,
                        Key = place.Key,
                        UploadId = upload.Upload,
                        PartETags = sent,
                        IfNoneMatch = condition
                    },
                    ct)).ETag;
            }, ct);
        }
        catch (ProviderErrorException gone) when (tries > 1 && gone.Error.Status is 404 or 412)
        {
            return null;
        }
    }

    /// <summary>Removes the parts, which cost money. The bucket's own rules remove what a lost connection leaves.</summary>
    public async Task Abort(S3Path place, string upload)
    {
        using var limit = new CancellationTokenSource(AbortLimit, clock);
        try
        {
            await client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = place.Bucket, Key = place.Key, UploadId = upload }, limit.Token);
        }
        catch (Exception fault) when (fault is ProviderErrorException or OperationCanceledException || TransportFailure.Is(fault))
        {
            // The failure of the upload is the one to report.
        }
    }

    public static int GetPartSize(long size)
    {
        var needed = (size + MaxParts - 1) / MaxParts;
        return (int)Math.Max(S3Upload.PartSize, (needed + Mebibyte - 1) / Mebibyte * Mebibyte);
    }

    private async Task<PartETag> SendOne(S3Path place, string upload, int number, byte[] buffer, int length, CancellationToken ct)
    {
        var answered = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = place.Bucket,
                Key = place.Key,
                UploadId = upload,
                PartNumber = number,
                PartSize = length,
                InputStream = new MemoryStream(buffer, 0, length, writable: false),
                UseChunkEncoding = false
            },
            ct);
        return new PartETag(number, answered.ETag);
    }

    private async Task<T> Tried<T>(Func<Task<T>> send, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await send();
            }
            catch (Exception fault) when (tries < MaxTries && fault is not OperationCanceledException && MayPass(fault))
            {
                await Task.Delay(Pause * (1 << tries), clock, ct);
            }
        }
    }

    /// <summary>Whether a later attempt may succeed with the same upload.</summary>
    public static bool MayPass(Exception fault) => fault switch
    {
        OperationCanceledException or FileStoreUnavailableException => true,
        ProviderErrorException rejected => MayPass(rejected.Failure) && rejected.Error.Code is not ("NoSuchUpload" or "ConditionalRequestConflict"),
        AmazonServiceException { ErrorCode.Length: > 0 } within => MayPass(S3Failures.From(within)),
        _ => TransportFailure.Is(fault)
    };

    private static bool MayPass(ConnectorResult.Failed failure) => failure.Kind is FailureKind.Unavailable or FailureKind.Throttled;
}
