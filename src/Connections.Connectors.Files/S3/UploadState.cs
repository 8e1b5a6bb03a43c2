using System.Text.Json;
using Connections.Connectors.Files;

namespace Connections.Connectors.S3;

/// <summary>The unfinished upload of an activity, by which a later attempt goes on.</summary>
/// <param name="Upload">The id of the upload at the provider.</param>
/// <param name="Completing">Whether all parts have arrived, and the object may be there.</param>
internal sealed record UploadState(S3Path Place, StoredFile File, string Upload, bool Completing = false)
{
    public JsonElement Json => Catalogue.Json.Object(writer =>
    {
        writer.WriteString("upload", Upload);
        writer.WriteString("bucket", Place.Bucket);
        writer.WriteString("key", Place.Key);
        writer.WriteString("sha256", File.Sha256);
        writer.WriteBoolean("completing", Completing);
    });

    /// <summary>The upload of the same file to the same place that an earlier attempt began; null if there is none.</summary>
    public static UploadState? Find(IStage? stage, S3Path place, StoredFile file)
    {
        if (stage?.Current is not { } stored || Catalogue.Json.Given(stored, "upload") is not { } upload) return null;
        var completing = Catalogue.Json.Member(stored, "completing").ValueKind == JsonValueKind.True;
        var same = new UploadState(place, file, upload, completing);
        return JsonElement.DeepEquals(same.Json, stored) ? same : null;
    }
}
