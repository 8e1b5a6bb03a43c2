using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Connections.Connectors.Catalogue;

internal static class Json
{
    // Size limits count readable characters, so the writer must not use \u escapes.
    public static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement Object(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Parse(buffer.WrittenMemory);
    }

    public static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return document.RootElement.Clone();
    }

    /// <summary>The text of a JSON string; null if its escapes are not valid text (an unpaired surrogate).</summary>
    public static string? Text(JsonElement value) => OrNull(value.GetString);

    /// <summary>The text of a member; null if it is absent or not valid text.</summary>
    public static string? Text(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Text(value) : null;

    /// <summary>A member; undefined if it is absent.</summary>
    public static JsonElement Member(JsonElement members, string name) => members.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The name of a property; null if its escapes are not valid text.</summary>
    public static string? Name(JsonProperty property) => OrNull(() => property.Name);

    private static string? OrNull(Func<string?> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
