using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;

namespace Connections.Connectors.GoogleDrive;

/// <summary>A file as Google describes it.</summary>
internal sealed record GoogleFile(string Id, string Name, string Type, long? Size, string? ChangedAt, string? Md5, string? Target)
{
    public const string Fields = "id,name,mimeType,size,modifiedTime,md5Checksum,shortcutDetails(targetId)";

    public bool IsFolder => Type == GoogleFormats.Folder;

    // Google sends sizes as texts.
    public static GoogleFile Read(JsonElement file) => new(
        Json.Id(file, "id") ?? throw DriveException.Unavailable("Google Drive described a file without an id.", Domain.Delivered.Maybe),
        Json.Text(file, "name") ?? "", Json.Given(file, "mimeType") ?? "", (long?)Json.Number(file, "size"),
        Json.Given(file, "modifiedTime"), Json.Given(file, "md5Checksum"), Json.Given(Json.Member(file, "shortcutDetails"), "targetId"));

    public ListedFile Listed => new(
        Id, Name, Path: null, IsFolder, Size, IsFolder ? null : Type, ListedFile.Time(ChangedAt), Md5);

    public JsonElement Uploaded =>
        JsonSerializer.SerializeToElement(new { id = Id, name = Name, path = (string?)null, size = Size, hash = Md5 });
}

/// <summary>Requests about files (https://developers.google.com/workspace/drive/api/reference/rest/v3/files).</summary>
internal sealed class GoogleFiles(DriveApi api)
{
    public const string Root = "root";

    public static readonly KeyValuePair<string, string> AllDrives = new("supportsAllDrives", "true");

    public static string Path(string id) => $"drive/v3/files/{Uri.EscapeDataString(id)}";

    public async Task<GoogleFile> Get(string id, CancellationToken ct) =>
        GoogleFile.Read(await api.Call(HttpMethod.Get, Path(id), [new("fields", GoogleFile.Fields), AllDrives], ct));

    /// <param name="query">In Google's search language (https://developers.google.com/workspace/drive/api/guides/search-files).</param>
    /// <param name="drive">The shared drive to search; null: the person's own.</param>
    public async Task<(IReadOnlyList<GoogleFile> Files, string? Next)> List(
        string query, int size, string? page, string? drive, CancellationToken ct)
    {
        var parameters = new List<KeyValuePair<string, string>>
        {
            new("q", query), new("pageSize", $"{size}"), new("fields", $"nextPageToken,files({GoogleFile.Fields})"), AllDrives,
            new("includeItemsFromAllDrives", "true"), new("corpora", drive is null ? "user" : "drive")
        };
        if (drive is not null) parameters.Add(new("driveId", drive));
        if (page is not null) parameters.Add(new("pageToken", page));
        var answer = await api.Call(HttpMethod.Get, "drive/v3/files", parameters, ct);
        var files = Json.Member(answer, "files");
        return (
            files.ValueKind == JsonValueKind.Array ? [.. files.EnumerateArray().Select(GoogleFile.Read)] : [],
            Json.Given(answer, "nextPageToken"));
    }

    public static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>The folder that the input names by its id; the top if there is none.</summary>
    /// <exception cref="DriveException">The folder is a path.</exception>
    public static string Folder(JsonElement input, string top = Root)
    {
        var folder = Json.Given(input, "folder");
        if (folder is null or "/") return top;
        return folder.Contains('/')
            ? throw DriveException.Wrong("Google Drive knows folders by their ids, not by paths: list-files shows the ids.")
            : folder;
    }
}
