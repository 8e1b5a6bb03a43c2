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
    private bool replaces;
    private bool unconditional;

    public async Task<ConnectorResult> Run(S3Path place, OpenFile file, bool replace, CancellationToken ct)
    {
        (replaces, unconditional) = (replace, replace);
        try
        {
            // Some compatible stores ignore the condition of a request.
            if (!replace && !settings.IsAmazon && await Existing(place, ct) is { } existing)
            {
                if (UploadState.Find(stage, place, file.File) is { Upload: var own }) await parts.Abort(place, own);
                return Compare(place, file, existing);
            }

            return await Send(place, file, ct);
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

    private async Task<ConnectorResult> Send(S3Path place, OpenFile file, CancellationToken ct)
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

    private async Task<ConnectorResult> Whole(S3Path place, OpenFile file, CancellationToken ct)
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
            return Done(place, file, (await client.PutObjectAsync(request, ct)).ETag);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private async Task<ConnectorResult> InParts(S3Path place, OpenFile file, CancellationToken ct)
    {
        var state = UploadState.Find(stage, place, file.File);
        var sent = state is null ? null : await parts.List(place, state.Upload, file.File.Size, ct);
        if (state is not null && sent is null)
        {
            if (await Existing(place, ct) is { } existing && IsOwn(file, existing)) return Done(place, file, existing.ETag);
            if (state.Completing && !replaces) return S3Failures.Lost();
            state = null;
        }

        var (upload, found) = (state ?? await Begin(new UploadState(place, file.File, ""), ct), sent ?? []);
        try
        {
            await parts.Send(place, upload.Upload, file, found, done => Save(upload, done, ct), ct);
            await Save(upload with { Completing = true }, file.File.Size, ct);
            if (await parts.Complete(place, upload, found, Condition, ct) is { } tag) return Done(place, file, tag);
        }
        catch (Exception fault) when (stage is null || !S3Parts.MayPass(fault))
        {
            await parts.Abort(place, upload.Upload);
            throw;
        }

        if (await Existing(place, ct) is { } completed && IsOwn(file, completed)) return Done(place, file, completed.ETag);
        await parts.Abort(place, upload.Upload); // if there is another object, the upload may be there still
        return replaces ? S3Failures.NotCompleted() : S3Failures.Lost();
    }

    private async Task<UploadState> Begin(UploadState state, CancellationToken ct)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = state.Place.Bucket,
            Key = state.Place.Key,
            ContentType = state.File.ContentType
        };
        request.Metadata[HashName] = state.File.Sha256;
        var begun = state with { Upload = (await client.InitiateMultipartUploadAsync(request, ct)).UploadId };
        await Save(begun, 0, ct);
        return begun;
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
