using Amazon.S3;
using Amazon.S3.Model;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Ocr;
using Connections.Connectors.S3;
using Connections.Domain;

namespace Connections.Connectors.Textract;

/// <summary>
/// Reads a document with several pages: puts it into the bucket, starts a job, and takes the result of the job in a later attempt. The job
/// carries the ids of the connection and the activity, so that Textract starts it once.
/// </summary>
internal sealed class TextractJob(
    TextractApi api, AmazonS3Client storage, S3Settings settings, ConnectionUse use, IStage stage, TextractInput input, IFileStore? store,
    TimeProvider clock)
{
    public const string Folder = "connections/extract-text/";

    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(3);

    // The id of an activity is unique within its workspace. Textract takes 64 characters.
    private readonly string token = $"{use.Id:n}{use.Activity:n}";
    private readonly ResultParts<TextractBlock> parts = new(store, use.Workspace);

    /// <param name="file">The document; null if an earlier attempt has put it into the bucket.</param>
    public async Task<ConnectorResult> Run(OpenFile? file, CancellationToken ct)
    {
        try
        {
            var state = JobState.Find(stage);
            if (state is null)
            {
                (state, var failure) = await Store(file!, ct);
                if (failure is not null) return failure;
            }

            return await Run(state, ct);
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return GivenFiles.Failure(fault, Delivered.Maybe);
        }
    }

    private async Task<ConnectorResult> Run(JobState state, CancellationToken ct)
    {
        var result = new TextractResult(api, use, stage, input, parts, clock);
        var (text, instead) = state.Job is null ? (null, await Start(state, ct)) : await result.Read(state, ct);
        if (text is null && !IsFinal(instead!)) return instead!;
        var left = await Remove(state);
        if (text is null) return instead!;
        if (left is not null) text = text with { Warnings = [.. text.Warnings, left] };
        return await ExtractedOutput.Create(text, state.Name, store, use.Workspace, charged: false, ct);
    }

    private async Task<(JobState State, ConnectorResult? Failure)> Store(OpenFile file, CancellationToken ct)
    {
        var state = new JobState(settings.Bucket!, $"{Folder}{token}", file.File.Name);
        var stored = await new S3Upload(settings, storage, stage, clock).Run(new S3Path(state.Bucket, state.Key), file, replace: true, ct);
        if (stored is not ConnectorResult.Done) return (state, stored);
        await stage.Save(state.Serialize(), new StageProgress(0, null, "pages"), resumable: true, ct);
        return (state, null);
    }

    private async Task<ConnectorResult> Start(JobState state, CancellationToken ct)
    {
        var (answer, failure) = await api.Send(input.HasFeatures ? "StartDocumentAnalysis" : "StartDocumentTextDetection", writer =>
        {
            writer.WriteStartObject("DocumentLocation");
            writer.WriteStartObject("S3Object");
            writer.WriteString("Bucket", state.Bucket);
            writer.WriteString("Name", state.Key);
            writer.WriteEndObject();
            writer.WriteEndObject();
            input.WriteFeatures(writer);
            writer.WriteString("ClientRequestToken", token);
        }, ct);
        if (failure is not null) return failure;
        if (Json.Given(answer, "JobId") is not { } job) return TextractFailures.NotAsDescribed();
        state = state with { Job = job, StartedAt = clock.GetUtcNow() };
        await stage.Save(state.Serialize(), new StageProgress(0, null, "pages"), resumable: true, ct);
        return new ConnectorResult.Pending(TextractResult.Delay(TimeSpan.Zero));
    }

    // The result is there: the end of the attempt's time does not end the removal.
    /// <returns>A warning if the document is still in the bucket.</returns>
    private async Task<string?> Remove(JobState state)
    {
        using var limit = new CancellationTokenSource(RemovalLimit, clock);
        try
        {
            await storage.DeleteObjectAsync(new DeleteObjectRequest { BucketName = state.Bucket, Key = state.Key }, limit.Token);
            return null;
        }
        catch (Exception fault) when (fault is not AttemptLostException)
        {
            return $"The document could not be removed from the bucket. Remove {state.Key}, and allow the key s3:DeleteObject.";
        }
    }

    // After any other failure, a later attempt goes on, and needs the document.
    private static bool IsFinal(ConnectorResult result) => result is ConnectorResult.Failed
    {
        Kind: FailureKind.InvalidInput or FailureKind.Forbidden or FailureKind.NotFound or FailureKind.Internal
    };
}
