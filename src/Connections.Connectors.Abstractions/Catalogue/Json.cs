using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Connections.Connectors.Catalogue;

internal static class Json
{
    // sizes are counted in what people read, not in \u escapes
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

    /// <summary>A string's text; null where its escapes make no text (half a surrogate pair).</summary>
    public static string? Text(JsonElement value) => OrNone(value.GetString);

    /// <summary>The text of a member; null where it is absent or no text.</summary>
    public static string? Text(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Text(value) : null;

    /// <summary>The name of a property; null where its escapes make no text.</summary>
    public static string? Name(JsonProperty property) => OrNone(() => property.Name);

    private static string? OrNone(Func<string?> text)
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
