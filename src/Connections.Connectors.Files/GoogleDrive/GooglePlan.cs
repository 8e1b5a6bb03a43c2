using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;
using Connections.Connectors.Http;

namespace Connections.Connectors.GoogleDrive;

/// <summary>The file that an upload stores, as its stage remembers it.</summary>
/// <param name="Id">Of the new file, or of the one that is replaced.</param>
/// <param name="Folder">Of the new file; null: another file is replaced.</param>
/// <param name="Session">The address of the upload session; null: none is open.</param>
internal sealed record GooglePlan(string Id, string? Folder, string? Session = null)
{
    // An upload of a new file that is there already.
    private const int Exists = 409;

    public JsonElement State => JsonSerializer.SerializeToElement(new { id = Id, folder = Folder, session = Session });

    private bool IsNew => Folder is not null;

    public static GooglePlan Read(JsonElement stored) =>
        new(stored.GetProperty("id").GetString()!, Json.Given(stored, "folder"), Json.Given(stored, "session"));

    /// <summary>A request that begins an upload of a type of Google's.</summary>
    public ApiRequest Request(DriveApi api, string type) => api.Request(
        IsNew ? HttpMethod.Post : HttpMethod.Patch,
        IsNew ? "upload/drive/v3/files" : $"upload/{GoogleFiles.Path(Id)}",
        [new("uploadType", type), new("fields", GoogleFile.Fields), GoogleFiles.AllDrives]);

    /// <summary>The response; null if an earlier attempt stored the file already.</summary>
    public async Task<ApiResponse?> Send(DriveApi api, ApiRequest request, CancellationToken ct)
    {
        var response = await api.Send(request, ct, null, IsNew ? [Exists] : []);
        return response.Status == Exists ? null : response;
    }

    public string Metadata(string name) => JsonSerializer.Serialize<object>(
        IsNew ? new { id = Id, name, parents = (string[])[Folder!] } : new { name });

    public static string Type(StoredFile file) => file.ContentType.Any(char.IsControl) ? "application/octet-stream" : file.ContentType;
}
