using System.Text.Json;
using Connections.Connectors.Files;

namespace Connections.Connectors.Sftp;

/// <summary>How far an upload has come.</summary>
/// <param name="Offset">The bytes that the server has confirmed.</param>
/// <param name="Renaming">Whether all bytes are written, and the file may have its name.</param>
internal sealed record UploadStage(SftpPath Path, StoredFile File, long Offset, bool Renaming)
{
    public JsonElement Json => Catalogue.Json.Object(writer =>
    {
        writer.WriteString("path", Path.Value);
        writer.WriteString("sha256", File.Sha256);
        writer.WriteNumber("offset", Offset);
        writer.WriteBoolean("renaming", Renaming);
    });

    /// <summary>The stage that an earlier attempt stored about the same file and place; null if there is none.</summary>
    public static UploadStage? Find(IStage? stage, SftpPath path, StoredFile file)
    {
        if (stage?.Current is not { } stored || Catalogue.Json.Text(stored, "path") != path.Value || Catalogue.Json.Text(stored, "sha256") != file.Sha256)
            return null;
        var renaming = Catalogue.Json.Member(stored, "renaming").ValueKind == JsonValueKind.True;
        return new UploadStage(path, file, (long)(Catalogue.Json.Number(stored, "offset") ?? 0), renaming);
    }
}
