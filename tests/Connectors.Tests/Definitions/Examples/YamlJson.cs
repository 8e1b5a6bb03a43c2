using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Connections.Connectors.Definitions.Reading;

namespace Connectors.Tests.Definitions.Examples;

internal static partial class YamlJson
{
    public static JsonNode? From(Node node) => node switch
    {
        Node.Members members => new JsonObject(members.Content.Select(m => KeyValuePair.Create(m.Name.Value, From(m.Value)))),
        Node.Items items => new JsonArray([.. items.Content.Select(From)]),
        Node.Text { Plain: true, Value: "" or "~" or "null" } => null,
        Node.Text { Plain: true, Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        Node.Text { Plain: true } number when Number().IsMatch(number.Value) => JsonNode.Parse(number.Value),
        Node.Text text => JsonValue.Create(text.Value),
        _ => throw new InvalidOperationException(node.Kind)
    };

    /// <summary>The same text for equal values, whatever the order of their members.</summary>
    public static string Canonical(JsonNode? node) => Sorted(node)?.ToJsonString(Indented) ?? "null";

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone()
    };

    [GeneratedRegex("^-?(0|[1-9][0-9]*)([.][0-9]+)?$")]
    private static partial Regex Number();
}
