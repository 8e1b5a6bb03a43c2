using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads form fields: settings and credentials.</summary>
internal static partial class Forms
{
    private static readonly Dictionary<string, int> Types = new()
    {
        ["string"] = 0,
        ["integer"] = 0,
        ["boolean"] = 0,
        ["text"] = 0,
        ["object"] = 0
    };

    public static IReadOnlyList<FormField> Read(IReadOnlyList<(Node.Text Name, Node Value)> fields, string what, Faults faults) =>
        [.. fields.Select(field => Field(field.Name, field.Value, what, faults))];

    private static FormField Field(Node.Text name, Node node, string what, Faults faults)
    {
        if (!Names().IsMatch(name.Value)) faults.Add(name, $"\"{name.Value}\" is no field name; write letters and digits, such as accountSid.");
        var part = Part.From(node, what, faults);
        part.Choice("type", Types);
        var type = part.Text("type") ?? "string";
        var secret = part.Flag("secret", what == "a credential");
        if (secret && what == "a setting") faults.Add(part.NameOf("secret"), "A setting is shown to everyone; move the field to credentials.");
        var pattern = part.Text("pattern");
        if (pattern is not null && !IsPattern(pattern))
            faults.Add(part.Take("pattern")!, "\"pattern\" is no regular expression that can be used; write one without look-around and back references.");
        var options = part.Has("options") ? part.Texts("options") : null;
        var (example, standard) = (part.Take("example"), part.Take("default"));
        var field = new FormField(
            name.Value, part.RequiredText("label", "the name shown to people"), type, part.Flag("required"), secret, part.Text("help") ?? "",
            example is null ? null : Json(example), standard is null ? null : Json(standard), options,
            part.Number("minimum", long.MinValue), part.Number("maximum", long.MinValue), (int?)part.Number("maxBytes", 1, 65536),
            part.Flag("trimmed", what == "a credential"), part.Has("prefixes") ? part.Texts("prefixes") : null, part.Text("secretUnless"), pattern);
        part.Finish();
        return field;
    }

    /// <summary>The value as it is written.</summary>
    public static JsonNode? Json(Node node) => JsonNode.Parse(System.Text.Encoding.UTF8.GetString(Tokens.Utf8(Shapes.Plain(node))));

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{0,39}$")]
    private static partial Regex Names();
}
