using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Connections.Commands.Drafts;

/// <summary>The part of a schema that a form and a check of inputs need: types, members, choices, and what is required.</summary>
internal static class DraftSchema
{
    private const int MaxDepth = 3; // a schema may contain itself
    private const int MaxText = 300;

    private static readonly (JsonSchemaType Type, string Name)[] Types =
    [
        (JsonSchemaType.Object, "object"), (JsonSchemaType.Array, "array"), (JsonSchemaType.String, "string"),
        (JsonSchemaType.Integer, "integer"), (JsonSchemaType.Number, "number"), (JsonSchemaType.Boolean, "boolean")
    ];

    public static JsonObject Create(IOpenApiSchema? schema, string? description = null, int depth = 0)
    {
        var made = new JsonObject();
        if (schema is null) return made;
        var members = Members(schema);
        if (TypeOf(schema, members.Count > 0) is { } type) made["type"] = type;
        if (Sentence(description ?? schema.Description) is { } text) made["description"] = text;
        if (schema.Enum is { Count: > 0 } choices && choices.All(c => c is JsonValue)) made["enum"] = new JsonArray([.. choices.Select(c => c.DeepClone())]);
        if (depth >= MaxDepth) return made;
        if (schema.Items is { } items) made["items"] = Create(items, depth: depth + 1);
        if (members.Count == 0) return made;
        if (Required(schema).Where(members.ContainsKey).Distinct().ToList() is { Count: > 0 } required)
            made["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
        made["properties"] = new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)Create(m.Value, depth: depth + 1))));
        return made;
    }

    /// <summary>The members of an object, those of <c>allOf</c> too, without the ones that only answers have.</summary>
    public static IReadOnlyDictionary<string, IOpenApiSchema> Members(IOpenApiSchema? schema, bool answer = false, int depth = 0)
    {
        var found = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        if (schema is null || depth > MaxDepth) return found;
        foreach (var part in schema.AllOf ?? [])
            foreach (var (name, member) in Members(part, answer, depth + 1)) found[name] = member;
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            if (answer || !member.ReadOnly) found[name] = member;
        return found;
    }

    public static IEnumerable<string> Required(IOpenApiSchema schema, int depth = 0) => depth > MaxDepth
        ? []
        : (schema.Required ?? new HashSet<string>()).Concat((schema.AllOf ?? []).SelectMany(part => Required(part, depth + 1)));

    public static bool IsArray(IOpenApiSchema? schema) => schema?.Type?.HasFlag(JsonSchemaType.Array) == true;

    /// <summary>The first sentence; null if there is none.</summary>
    public static string? Sentence(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var line = YamlText.Line(text);
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        if (end >= 0) line = line[..(end + 1)];
        return line.Length <= MaxText ? line : $"{line[..MaxText].TrimEnd()}…";
    }

    private static string? TypeOf(IOpenApiSchema schema, bool hasMembers) =>
        Types.Where(t => schema.Type?.HasFlag(t.Type) == true).Select(t => t.Name).ToList() switch
        {
            [var one] => one,
            [] when hasMembers => "object",
            _ => null
        };
}
