using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.S3;

/// <summary>
/// Stores a file as an object: a small one in one request, a larger one in parts. The object carries the hash of the file, by which a repeated
/// upload recognises that the first one succeeded.
/// </summary>
/// <param name="stage">Null: an upload that breaks off begins anew.</param>
internal sealed class S3Upload(S3Settings settings, AmazonS3Client client, IStage? stage, TimeProvider clock)
{
    public const int PartSize = 8 * 1024 * 1024;

    private const string HashName = "sha256";
    private readonly S3Parts parts = new(client, clock);
    private bool unconditional;

    public async Task<ConnectorResult> Run(S3Path place, OpenFile file, bool replace, CancellationToken ct)
    {
        unconditional = replace;
        try
        {
            // Some compatible stores ignore the condition of a request.
            if (!replace && !settings.IsAmazon && await Existing(place, ct) is { } existing)
            {
                if (new UploadState(place, file.File, "").Find(stage) is { Upload: var own }) await parts.Abort(place, own);
                return Compare(place, file, existing);
            }

            return Done(place, file, await Send(place, file, ct));
        }
        catch (ProviderErrorException rejected) when (!replace && rejected.Error.Status == 412)
        {
            return await Meet(place, file, ct);
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return GivenFiles.Failure(fault, Delivered.No);
        }
    }

    private async Task<string?> Send(S3Path place, OpenFile file, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return file.File.Size <= PartSize ? await Whole(place, file, ct) : await InParts(place, file, ct);
            }
            catch (ProviderErrorException rejected) when (rejected.Error.Status == 501 && !unconditional && !settings.IsAmazon)
            {
                unconditional = true; // the store does not know conditions
            }
        }
    }

    private async Task<string?> Whole(S3Path place, OpenFile file, CancellationToken ct)
    {
        var length = (int)file.File.Size;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        try
        {
            file.Content.Position = 0;
            await file.Content.ReadExactlyAsync(buffer.AsMemory(0, length), ct);
            var request = new PutObjectRequest
            {
                BucketName = place.Bucket,
                Key = place.Key,
                InputStream = new MemoryStream(buffer, 0, length, writable: false),
                ContentType = file.File.ContentType,
                IfNoneMatch = Condition,
                UseChunkEncoding = false
            };
            request.Metadata[HashName] = file.File.Sha256;
            return (await client.PutObjectAsync(request, ct)).ETag;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private async Task<string?> InParts(S3Path place, OpenFile file, CancellationToken ct)
    {
        var state = new UploadState(place, file.File, "");
        var (upload, sent) = (state.Find(stage)?.Upload, new List<PartETag>());
        if (upload is not null && await parts.List(place, upload, file.File.Size, ct) is { } listed) sent = listed;
        else if (upload is not null && await Existing(place, ct) is { } existing && IsOwn(file, existing)) return existing.ETag;
        else upload = await Begin(state, file, ct);
        try
        {
            await parts.Send(place, upload, file, sent, done => Save(state with { Upload = upload }, done, ct), ct);
            return await parts.Complete(place, upload, sent, Condition, ct) ?? Own(file, await Existing(place, ct));
        }
        catch (Exception fault) when (stage is null || !S3Parts.MayPass(fault))
        {
            await parts.Abort(place, upload);
            throw;
        }
    }

    private async Task<string> Begin(UploadState state, OpenFile file, CancellationToken ct)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = state.Place.Bucket,
            Key = state.Place.Key,
            ContentType = file.File.ContentType
        };
        request.Metadata[HashName] = file.File.Sha256;
        var upload = (await client.InitiateMultipartUploadAsync(request, ct)).UploadId;
        await Save(state with { Upload = upload }, 0, ct);
        return upload;
    }

    private Task Save(UploadState state, long done, CancellationToken ct) =>
        stage?.Save(state.Json, new StageProgress(done, state.File.Size, "bytes"), resumable: true, ct) ?? Task.CompletedTask;

    private string? Condition => unconditional ? null : "*";

    /// <summary>The object that is there; null if there is none, or the key may not read it.</summary>
    private async Task<GetObjectMetadataResponse?> Existing(S3Path place, CancellationToken ct)
    {
        try
        {
            return await Head(place, ct);
        }
        catch (ProviderErrorException rejected) when (rejected.Error.Status is 403 or 404)
        {
            return null;
        }
    }

    /// <summary>The result where the provider says that an object of the name is there.</summary>
    private async Task<ConnectorResult> Meet(S3Path place, OpenFile file, CancellationToken ct)
    {
        try
        {
            return Compare(place, file, await Head(place, ct));
        }
        catch (ProviderErrorException rejected) when (rejected.Error.Status == 404)
        {
            return Taken();
        }
        catch (ProviderErrorException rejected) when (rejected.Error.Status == 403)
        {
            return new ConnectorResult.Failed(
                FailureKind.Internal,
                "There is a file with this name, and the key may not read it (s3:GetObject). "
                    + "An earlier attempt may have stored it: look in the bucket.",
                Delivered.Maybe, Answered: true);
        }
    }

    private Task<GetObjectMetadataResponse> Head(S3Path place, CancellationToken ct) =>
        client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = place.Bucket, Key = place.Key }, ct);

    private ConnectorResult Compare(S3Path place, OpenFile file, GetObjectMetadataResponse existing) =>
        IsOwn(file, existing) ? Done(place, file, existing.ETag) : Taken();

    private static bool IsOwn(OpenFile file, GetObjectMetadataResponse existing) =>
        existing.ContentLength == file.File.Size && existing.Metadata[HashName] == file.File.Sha256;

    // The answer to the completion was lost, and the upload is gone.
    private static string? Own(OpenFile file, GetObjectMetadataResponse? existing) => existing is not null && IsOwn(file, existing)
        ? existing.ETag : throw new IOException("The upload is gone, and the object is not there.");

    private ConnectorResult.Done Done(S3Path place, OpenFile file, string? etag) => new(Json.Object(writer =>
    {
        writer.WriteString("id", place.Written(settings));
        writer.WriteString("name", place.Name);
        writer.WriteString("path", place.Written(settings));
        writer.WriteNumber("size", file.File.Size);
        if (Json.Given(etag) is { } hash) writer.WriteString("hash", hash.Trim('"'));
    }));

    private static ConnectorResult.Failed Taken() =>
        FileActivities.Wrong("There is another file with this name; set replace, or choose another name.");
}
