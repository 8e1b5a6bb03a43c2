using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Newtonsoft.Json.Linq;
using JsonException = System.Text.Json.JsonException;

namespace Connections.Connectors.Definitions.Expressions;

/// <summary>Converts between our JSON and that of the expressions. Whole numbers and decimals keep their digits, dates stay texts.</summary>
internal static class Tokens
{
    /// <summary>Null if the text is no JSON, nests too deeply, or has a text that is not valid.</summary>
    public static JToken? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return From(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <exception cref="InvalidOperationException">A text is not valid (an unpaired surrogate).</exception>
    /// <exception cref="ExpressionFault">A member is given twice, and <paramref name="strict"/> is true. Otherwise the last one counts.</exception>
    public static JToken From(JsonElement value, bool strict = false)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JObject();
                foreach (var member in value.EnumerateObject())
                {
                    if (strict && members.ContainsKey(member.Name)) throw new ExpressionFault($"the member {member.Name} is given twice");
                    members[member.Name] = From(member.Value, strict);
                }

                return members;
            case JsonValueKind.Array:
                var items = new JArray();
                foreach (var item in value.EnumerateArray()) items.Add(From(item, strict));
                return items;
            case JsonValueKind.String:
                return new JValue(value.GetString());
            case JsonValueKind.Number:
                return value.TryGetInt64(out var whole) ? new JValue(whole) : Number(value.GetRawText());
            case JsonValueKind.True:
                return new JValue(true);
            case JsonValueKind.False:
                return new JValue(false);
            default:
                return JValue.CreateNull();
        }
    }

    /// <summary>The number of a text; null if it is none.</summary>
    public static JValue Number(string text)
    {
        var (culture, style) = (CultureInfo.InvariantCulture, NumberStyles.Float);
        if (text.Length > 400) return JValue.CreateNull();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole)) return new JValue(whole);
        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var large)) return new JValue(large);
        if (decimal.TryParse(text, style, culture, out var exact)) return new JValue(exact);
        return double.TryParse(text, style, culture, out var number) && double.IsFinite(number) ? new JValue(number) : JValue.CreateNull();
    }

    public static JsonElement Element(JToken token)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Json.Plain)) Write(writer, token);
        return Json.Parse(buffer.WrittenMemory);
    }

    public static byte[] Utf8(JToken token, bool ascii = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ascii ? default : Json.Plain)) Write(writer, token);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The text of a value in a path, a query or a header; null for null.</summary>
    public static string? Text(JToken token) => token.Type switch
    {
        JTokenType.Null or JTokenType.Undefined => null,
        JTokenType.String => (string?)token,
        JTokenType.Boolean => (bool)token ? "true" : "false",
        JTokenType.Object or JTokenType.Array => System.Text.Encoding.UTF8.GetString(Utf8(token)),
        _ => NumberText((JValue)token)
    };

    // A text that is null has the type of a text.
    public static bool IsNull(JToken? token) => token is null or JValue { Value: null } || token.Type is JTokenType.Null or JTokenType.Undefined;

    /// <summary>Whether JMESPath takes the value as true: not null, false, nor empty.</summary>
    public static bool IsTrue(JToken token) => token switch
    {
        JArray items => items.Count > 0,
        JObject members => members.Count > 0,
        _ when IsNull(token) => false,
        { Type: JTokenType.Boolean } => (bool)token,
        { Type: JTokenType.String } => ((string?)token)!.Length > 0,
        _ => true
    };

    private static void Write(Utf8JsonWriter writer, JToken token)
    {
        switch (token)
        {
            case JObject members:
                writer.WriteStartObject();
                foreach (var (name, value) in members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, value!);
                }

                writer.WriteEndObject();
                break;
            case JArray items:
                writer.WriteStartArray();
                foreach (var item in items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case { Type: JTokenType.String }:
                writer.WriteStringValue((string?)token);
                break;
            case { Type: JTokenType.Boolean }:
                writer.WriteBooleanValue((bool)token);
                break;
            case JValue { Type: JTokenType.Integer or JTokenType.Float } number:
                writer.WriteRawValue(NumberText(number));
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static string NumberText(JValue number) => number.Value switch
    {
        double value when !double.IsFinite(value) => "null",
        double value => value.ToString("R", CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => "null"
    };
}
