using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;

namespace Connections.Connectors.OneDrive;

/// <summary>A file or folder as Graph describes it (https://learn.microsoft.com/graph/api/resources/driveitem).</summary>
internal sealed record DriveItem(
    string Id, string Name, bool IsFolder, bool IsPackage, long? Size, string? Type, string? ChangedAt, string? Hash, string? ETag,
    string? Path)
{
    public const string Fields = "id,name,size,file,folder,package,eTag,lastModifiedDateTime,parentReference";

    public static DriveItem Read(JsonElement item)
    {
        var (file, parent) = (Json.Member(item, "file"), Json.Given(Json.Member(item, "parentReference"), "path"));
        var name = Json.Text(item, "name") ?? "";
        return new DriveItem(
            Json.Id(item, "id") ?? throw DriveException.Unavailable("OneDrive described a file without an id.", Domain.Delivered.Maybe),
            name,
            Json.Member(item, "folder").ValueKind == JsonValueKind.Object,
            Json.Member(item, "package").ValueKind == JsonValueKind.Object,
            (long?)Json.Number(item, "size"), Json.Given(file, "mimeType"), Json.Given(item, "lastModifiedDateTime"),
            Json.Given(Json.Member(file, "hashes"), "quickXorHash"), Json.Given(item, "eTag"), PathBelow(parent, name));
    }

    public ListedFile Listed => new(Id, Name, Path, IsFolder, IsFolder ? null : Size, Type, ListedFile.Time(ChangedAt), Hash);

    public JsonElement Uploaded => JsonSerializer.SerializeToElement(new { id = Id, name = Name, path = Path, size = Size, hash = Hash });

    // Graph says /drives/ID/root:/folder, with the names escaped.
    private static string? PathBelow(string? parent, string name) =>
        parent is not null && parent.IndexOf("root:", StringComparison.Ordinal) is var at and >= 0
            ? $"{Uri.UnescapeDataString(parent[(at + 5)..])}/{name}"
            : null;
}
