using System.Text.Json;
using Connections.Connectors.Files;

namespace Connections.Connectors.S3;

/// <summary>The unfinished upload of an activity, by which a later attempt goes on.</summary>
/// <param name="Upload">The id of the upload at the provider.</param>
internal sealed record UploadState(S3Path Place, StoredFile File, string Upload)
{
    public JsonElement Json => Catalogue.Json.Object(writer =>
    {
        writer.WriteString("upload", Upload);
        writer.WriteString("bucket", Place.Bucket);
        writer.WriteString("key", Place.Key);
        writer.WriteString("sha256", File.Sha256);
    });

    /// <summary>The upload of the same file to the same place that an earlier attempt began; null if there is none.</summary>
    public UploadState? Find(IStage? stage) => stage?.Current is { } stored && Catalogue.Json.Given(stored, "upload") is { } upload
        && this with { Upload = upload } is var same && JsonElement.DeepEquals(same.Json, stored) ? same : null;
}
