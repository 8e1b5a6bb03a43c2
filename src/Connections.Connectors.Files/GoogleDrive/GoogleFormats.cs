using System.Text.Json.Nodes;

namespace Connections.Connectors.GoogleDrive;

/// <summary>
/// The formats in which Google exports its own documents (https://developers.google.com/workspace/drive/api/guides/ref-export-formats).
/// </summary>
internal static class GoogleFormats
{
    public const string Folder = "application/vnd.google-apps.folder";
    public const string Shortcut = "application/vnd.google-apps.shortcut";

    private const string Own = "application/vnd.google-apps.";
    private const string Office = "application/vnd.openxmlformats-officedocument.";
    private const string Open = "application/vnd.oasis.opendocument.";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["csv"] = "text/csv",
        ["docx"] = $"{Office}wordprocessingml.document",
        ["epub"] = "application/epub+zip",
        ["html"] = "text/html",
        ["jpg"] = "image/jpeg",
        ["md"] = "text/markdown",
        ["odp"] = $"{Open}presentation",
        ["ods"] = $"{Open}spreadsheet",
        ["odt"] = $"{Open}text",
        ["pdf"] = "application/pdf",
        ["png"] = "image/png",
        ["pptx"] = $"{Office}presentationml.presentation",
        ["rtf"] = "application/rtf",
        ["svg"] = "image/svg+xml",
        ["txt"] = "text/plain",
        ["xlsx"] = $"{Office}spreadsheetml.sheet"
    };

    // The formats that Google Drive itself offers first.
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["document"] = "docx",
        ["spreadsheet"] = "xlsx",
        ["presentation"] = "pptx",
        ["drawing"] = "png"
    };

    public static JsonNode Names => new JsonArray([.. Types.Keys.Select(name => (JsonNode)name)]);

    public static bool IsDocument(string type) => type.StartsWith(Own, StringComparison.Ordinal) && type != Folder && type != Shortcut;

    /// <summary>The file name extension and media type of an export; null if such a document has no default format.</summary>
    public static (string Extension, string Type)? Find(string documentType, string? wanted) =>
        (wanted ?? Defaults.GetValueOrDefault(documentType[Own.Length..])) is { } format ? (format, Types[format]) : null;
}
