using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Connectors.Tests.Amazon;

/// <summary>The types of values in one of Amazon's descriptions.</summary>
internal sealed class AmazonShapes(JsonObject shapes)
{
    public JsonObject Find(JsonNode? reference) => shapes[(string)reference!["shape"]!]!.AsObject();

    /// <summary>How a value differs from its type, a line each.</summary>
    public IEnumerable<string> Differences(JsonNode? value, JsonObject shape, string place) => (string)shape["type"]! switch
    {
        "structure" => value is JsonObject members ? Members(members, shape, place) : [$"{place} is no structure"],
        "list" => value is JsonArray items
            ? [.. Sizes(items.Count, shape, place),
                .. items.SelectMany((item, i) => Differences(item, Find(shape["member"]), $"{place}[{i}]"))]
            : [$"{place} is no list"],
        "blob" => value is JsonValue text && text.TryGetValue(out string? base64) && TryDecode(base64, out var length)
            ? Sizes(length, shape, place) : [$"{place} is no base64"],
        "integer" or "long" or "float" => value?.GetValueKind() == JsonValueKind.Number
            ? Sizes((double)value, shape, place) : [$"{place} is no number"],
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? [] : [$"{place} is no boolean"],
        "string" => value is JsonValue text && text.TryGetValue(out string? read) ? Text(read, shape, place) : [$"{place} is no text"],
        _ => []
    };

    /// <summary>How a value that was sent as text differs from its type.</summary>
    public IEnumerable<string> Differences(string text, JsonObject shape, string place) => Differences(
        (string)shape["type"]! switch
        {
            "integer" or "long" or "float" when double.TryParse(text, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            "boolean" when bool.TryParse(text, out var flag) => JsonValue.Create(flag),
            _ => JsonValue.Create(text)
        }, shape, place);

    /// <summary>How the elements of a body differ from its type.</summary>
    public IEnumerable<string> Differences(XElement element, JsonObject shape, string place)
    {
        if ((string)shape["type"]! != "structure") return Differences(element.Value, shape, place);
        var members = shape["members"]!.AsObject().ToDictionary(m => (string?)m.Value!["locationName"] ?? m.Key, m => Find(m.Value));
        return element.Elements().SelectMany(child => members.TryGetValue(child.Name.LocalName, out var found)
            ? Differences(child, (string)found["type"]! == "list" ? Find(found["member"]) : found, $"{place}.{child.Name.LocalName}")
            : [$"{place} has no member {child.Name.LocalName}"]);
    }

    private IEnumerable<string> Members(JsonObject members, JsonObject shape, string place)
    {
        var known = shape["members"]!.AsObject();
        foreach (var name in (shape["required"] as JsonArray ?? []).Select(n => (string)n!).Where(n => !members.ContainsKey(n)))
            yield return $"{place}.{name} is missing";
        foreach (var (name, value) in members)
        {
            if (known[name] is not { } member) yield return $"{place} has no member {name}";
            else foreach (var difference in Differences(value, Find(member), $"{place}.{name}")) yield return difference;
        }
    }

    private static IEnumerable<string> Text(string text, JsonObject shape, string place)
    {
        foreach (var difference in Sizes(text.Length, shape, place)) yield return difference;
        if (shape["pattern"] is { } pattern && !Regex.IsMatch(text, $"^(?:{pattern})$")) yield return $"{place} does not match {pattern}";
        if (shape["enum"] is JsonArray names && names.All(n => (string)n! != text)) yield return $"{place} cannot be {text}";
    }

    private static IEnumerable<string> Sizes(double size, JsonObject shape, string place) =>
        (shape["min"] is { } min && size < (double)min) || (shape["max"] is { } max && size > (double)max)
            ? [$"{place} has a wrong size: {size}"] : [];

    private static bool TryDecode(string text, out int length) => Convert.TryFromBase64String(text, new byte[text.Length], out length);
}
