using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Files;

/// <summary>One file or folder of a listing.</summary>
internal sealed record ListedFile(
    string Id, string Name, string? Path, bool Folder, long? Size = null, string? ContentType = null, DateTimeOffset? ChangedAt = null,
    string? Hash = null)
{
    public static JsonElement Listing(IEnumerable<ListedFile> files, string? next) => Json.Object(writer =>
    {
        writer.WriteStartArray("files");
        foreach (var file in files) file.Write(writer);
        writer.WriteEndArray();
        if (next is not null) writer.WriteString("next", next);
    });

    /// <summary>A provider's time; null if it is none.</summary>
    public static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", Id);
        writer.WriteString("name", Name);
        if (Path is not null) writer.WriteString("path", Path);
        writer.WriteBoolean("folder", Folder);
        if (Size is { } size) writer.WriteNumber("size", size);
        if (ContentType is not null) writer.WriteString("contentType", ContentType);
        if (ChangedAt is { } changed) writer.WriteString("changedAt", changed.UtcDateTime);
        if (Hash is not null) writer.WriteString("hash", Hash);
        writer.WriteEndObject();
    }
}
