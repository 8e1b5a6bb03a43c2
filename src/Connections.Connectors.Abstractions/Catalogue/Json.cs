using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Connections.Connectors.Catalogue;

/// <summary>Writes our JSON, and reads JSON that others wrote: what cannot be read is absent, and reading never throws.</summary>
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

    /// <summary>The value of a foreign text; undefined if the text is not JSON, or nests too deeply.</summary>
    public static JsonElement Foreign(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? default : Parse(Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF')));
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>The text of a JSON string; null if it is another value, or its escapes are not valid text (an unpaired surrogate).</summary>
    public static string? Text(JsonElement value) => OrNull(value.GetString);

    /// <summary>The text of a member; null if it is absent or not valid text.</summary>
    public static string? Text(JsonElement members, string name) =>
        Member(members, name) is { ValueKind: JsonValueKind.String } value ? Text(value) : null;

    /// <summary>The text of a provider's member. An empty text is as a missing one.</summary>
    public static string? Given(JsonElement members, string name) => Given(Text(members, name));

    /// <summary>A provider's text as a library read it; null if it is empty.</summary>
    public static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>A provider's id: a text or a number. Null if it is absent, empty or another value.</summary>
    public static string? Id(JsonElement members, string name) =>
        Member(members, name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Given(members, name);

    /// <summary>A number, or a number as a text; null if the member is neither. Infinite if it is too large for a double.</summary>
    public static double? Number(JsonElement members, string name) => Member(members, name) switch
    {
        { ValueKind: JsonValueKind.Number } value => value.TryGetDouble(out var number) ? number : double.PositiveInfinity,
        { ValueKind: JsonValueKind.String } value
            when double.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null
    };

    /// <summary>A member; undefined if it is absent, or the value has no members. The last one counts if it is given twice.</summary>
    public static JsonElement Member(JsonElement members, string name)
    {
        if (members.ValueKind != JsonValueKind.Object) return default;
        try
        {
            return members.TryGetProperty(name, out var value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            // Another member's name is not valid text.
            return members.EnumerateObject().LastOrDefault(member => Name(member) == name).Value;
        }
    }

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
