using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connections.Domain;

/// <summary>
/// The credentials of a connection, as the JSON object a person typed or a provider answered. Shows itself as <c>***</c>, is written by no
/// serializer and quoted by no exception; only <see cref="Reveal"/> gives it away.
/// </summary>
[JsonConverter(typeof(NeverWritten))]
public sealed class Secret
{
    public static readonly Secret None = new("{}"u8.ToArray());

    private readonly byte[] utf8;

    public Secret(byte[] utf8) => this.utf8 = utf8;

    public static Secret From(JsonElement fields) => new(JsonSerializer.SerializeToUtf8Bytes(fields));

    /// <summary>The bytes of the JSON object. For the vault and the wire to the provider only.</summary>
    public ReadOnlyMemory<byte> Reveal() => utf8;

    /// <summary>One field as text; null when it is absent or null.</summary>
    public string? Field(string name)
    {
        using var document = JsonDocument.Parse(utf8);
        return document.RootElement.TryGetProperty(name, out var value) switch
        {
            false => null,
            true when value.ValueKind == JsonValueKind.Null => null,
            true when value.ValueKind == JsonValueKind.String => value.GetString(),
            _ => value.GetRawText()
        };
    }

    public override string ToString() => "***";

    private sealed class NeverWritten : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is not read from a document.");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is not written into a document.");
    }
}
