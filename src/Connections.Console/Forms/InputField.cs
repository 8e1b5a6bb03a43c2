using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Console.Words;
using EventSourcing;

namespace Connections.Console.Forms;

/// <summary>A field of an activity's input, from its JSON Schema.</summary>
/// <param name="Kind"><c>string</c>, <c>text</c>, <c>number</c>, <c>boolean</c>, <c>enum</c>, <c>json</c>.</param>
public sealed record InputField(
    string Name, string Label, string Kind, bool Required, string Help, string Value, IReadOnlyList<string> Options, string? Error)
{
    public const string Prefix = "input.";

    /// <summary>The name of the member in the input.</summary>
    public string Member => Name[Prefix.Length..];

    /// <summary>The name of the one field for inputs that are no plain object.</summary>
    public const string Whole = "input";

    /// <param name="texts">What was typed; null to fill in the example.</param>
    public static IReadOnlyList<InputField> Create(
        ActivityDescription activity, IReadOnlyDictionary<string, string>? texts, IReadOnlyList<FieldError> errors)
    {
        if (activity.Input["properties"] is not JsonObject properties)
        {
            var example = activity.Example?.ToJsonString() ?? "{}";
            return [new InputField(Whole, "Input", "json", true, "A JSON value.", texts?.GetValueOrDefault(Whole) ?? example, [], errors.Count > 0 ? errors[0].Message : null)];
        }

        var required = (activity.Input["required"] as JsonArray ?? []).Select(r => r?.GetValue<string>()).ToHashSet();
        return [.. properties.Select(p => From(p.Key, p.Value as JsonObject ?? []))];

        InputField From(string name, JsonObject schema)
        {
            var full = Prefix + name;
            var example = activity.Example is JsonObject values ? values[name] : null;
            var shown = texts is null ? Text(example ?? schema["default"]) : texts.GetValueOrDefault(full) ?? "";
            return new InputField(
                full, Text(schema["title"]) is { Length: > 0 } title ? title : InputWords.For(name), KindOf(name, schema), required.Contains(name), Text(schema["description"]), shown,
                schema["enum"] is JsonArray options ? [.. options.Select(Text)] : [],
                errors.FirstOrDefault(e => Holds(full, e.Field))?.Message);
        }
    }

    /// <summary>Whether the path of an error is the field or lies within it.</summary>
    public bool Holds(string path) => Holds(Name, path);

    private static bool Holds(string name, string path) =>
        path.StartsWith(name, StringComparison.Ordinal) && (path.Length == name.Length || path[name.Length] is '.' or '[');

    /// <summary>The input as JSON. A field that was left empty is absent.</summary>
    public static JsonElement Read(ActivityDescription activity, IFormCollection form, List<FieldError> errors)
    {
        if (activity.Input["properties"] is not JsonObject) return JsonSerializer.SerializeToElement(Json(Whole, form[Whole].ToString(), errors));
        var input = new JsonObject();
        foreach (var field in Create(activity, new Dictionary<string, string>(), []))
        {
            var typed = form[field.Name].ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
            if (field.Kind == "boolean" && (typed.Length > 0 || field.Required)) input[field.Member] = typed == "true";
            else if (typed.Length > 0) input[field.Member] = Typed(field, typed, errors);
        }

        return JsonSerializer.SerializeToElement(input);
    }

    private static JsonNode? Typed(InputField field, string typed, List<FieldError> errors) => field.Kind switch
    {
        "number" => long.TryParse(typed, out var whole) ? whole : decimal.TryParse(typed, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : typed,
        "json" => Json(field.Name, typed, errors),
        _ => typed
    };

    private static JsonNode? Json(string name, string typed, List<FieldError> errors)
    {
        try
        {
            return JsonNode.Parse(typed, documentOptions: new JsonDocumentOptions { MaxDepth = 60 });
        }
        catch (JsonException)
        {
            errors.Add(new FieldError(name, "This is not valid JSON. Check quotes, commas and brackets."));
            return null;
        }
    }

    private static string KindOf(string name, JsonObject schema)
    {
        if (schema["enum"] is JsonArray) return "enum";
        var type = schema["type"] is JsonValue single && single.TryGetValue<string>(out var text) ? text : "json";
        return type switch
        {
            "string" when name is "sql" or "text" or "body" or "html" or "content" => "text",
            "string" => "string",
            "integer" or "number" => "number",
            "boolean" => "boolean",
            _ => "json"
        };
    }

    private static string Text(JsonNode? node) => node is null ? "" : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
}
