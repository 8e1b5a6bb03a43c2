using System.Buffers;
using Amazon.Runtime.Internal.Util;
using Amazon.S3;
using Amazon.S3.Model;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.S3;

/// <summary>Copies an object into the file store. A read that breaks goes on where it broke, as long as the object is the same.</summary>
internal sealed class S3Download(AmazonS3Client client, GivenFiles files, TimeProvider clock)
{
    private const int Part = 256 * 1024;
    private const int MaxBreaks = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task<ConnectorResult> Run(string workspace, S3Path place, CancellationToken ct)
    {
        if (files.Store is not { } store)
            return FileActivities.NoStore;
        try
        {
            return await Copy(store, workspace, place, ct);
        }
        catch (ProviderErrorException rejected) when (rejected.Error.Status == 412)
        {
            return S3Failures.Changed();
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return GivenFiles.Failure(fault, Delivered.No);
        }
    }

    private async Task<ConnectorResult> Copy(IFileStore store, string workspace, S3Path place, CancellationToken ct)
    {
        using var first = await client.GetObjectAsync(new GetObjectRequest { BucketName = place.Bucket, Key = place.Key }, ct);
        var (etag, size) = (first.ETag, first.ContentLength);
        await using var file = await store.Create(workspace, new NewFile(place.Name, first.Headers.ContentType, size), ct);
        var buffer = ArrayPool<byte>.Shared.Rent(Part);
        try
        {
            var (done, breaks, response) = (0L, 0, first);
            while (true)
            {
                using var read = response;
                var body = Body(read);
                var before = done;
                try
                {
                    for (int length; (length = await body.ReadAsync(buffer.AsMemory(0, Part), ct)) > 0; done += length)
                        await file.Write(buffer.AsMemory(0, length), ct);
                    if (done == size) return new ConnectorResult.Done(GivenFiles.Describe(await file.Complete(ct)));
                    if (done > size) return S3Failures.Changed();
                    throw new IOException("The response ended early.");
                }
                catch (Exception broken) when (TransportFailure.Is(broken) && done > before && ++breaks <= MaxBreaks)
                {
                    await Task.Delay(Pause, clock, ct);
                }

                response = await client.GetObjectAsync(
                    new GetObjectRequest
                    {
                        BucketName = place.Bucket,
                        Key = place.Key,
                        EtagToMatch = etag,
                        ByteRange = new ByteRange($"bytes={done}-")
                    },
                    ct);
                if (response.ETag == etag && response.ContentRange == $"bytes {done}-{size - 1}/{size}") continue;
                response.Dispose();
                return S3Failures.Changed();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    // The library hashes what is read with a slow MD5 of its own, to compare it with the tag of the object.
    private static Stream Body(GetObjectResponse response) =>
        response.ResponseStream is WrapperStream hashed ? hashed.GetNonWrapperBaseStream() : response.ResponseStream;
}
