using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connections.Domain;

/// <summary>
/// The credentials of a connection, as the JSON object that a person typed or a provider returned. <c>ToString</c> returns <c>***</c>, and
/// serialization throws. Only <see cref="Reveal"/> and <see cref="Field"/> return the content.
/// </summary>
[JsonConverter(typeof(NeverWritten))]
public sealed class Secret
{
    public static readonly Secret None = new("{}"u8.ToArray());

    private readonly byte[] utf8;

    public Secret(byte[] utf8) => this.utf8 = utf8;

    public static Secret From(JsonElement fields) => new(JsonSerializer.SerializeToUtf8Bytes(fields));

    /// <summary>The bytes of the JSON object. Use them only for the vault and for requests to the provider.</summary>
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
            throw new NotSupportedException("A secret cannot be deserialized.");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret cannot be serialized.");
    }
}
