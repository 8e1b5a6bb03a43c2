using System.Collections.Specialized;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Connectors.Tests.Descriptions;

/// <summary>The schemas of one OpenAPI document (JSON Schema; OpenAPI 3.0 says <c>nullable</c> for the type null).</summary>
internal sealed class DescribedSchemas
{
    private readonly JsonObject document;
    private readonly EvaluationOptions options = new() { OutputFormat = OutputFormat.List };
    private readonly Uri address;

    /// <param name="answers">
    /// The schemas are for scripted answers, which leave out what a test does not need: no member is required, and so an answer may fit
    /// several alternatives.
    /// </param>
    /// <param name="textual">The vendor's real answers hold numbers as text where its description says number.</param>
    public DescribedSchemas(JsonObject document, string name, bool answers, bool textual)
    {
        (this.document, address) = (document, new Uri($"https://{name}.descriptions.test/{(answers ? "answers" : "requests")}.json"));
        Translate(document, answers, textual && answers);
        options.SchemaRegistry.Register(new JsonNodeBaseDocument(document, address));
    }

    /// <summary>Follows a reference within the document.</summary>
    public JsonNode Resolve(JsonNode? node)
    {
        while (node?["$ref"]?.GetValue<string>() is { } reference)
        {
            node = document;
            foreach (var part in reference[2..].Split('/'))
            {
                var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
                node = node?[name];
            }
        }

        return node!;
    }

    public IEnumerable<string> Differences(JsonNode? value, JsonNode schema)
    {
        var reference = new JsonObject { ["$ref"] = $"{address}#{Pointer(schema)}" };
        var found = JsonSchema.FromText(reference.ToJsonString()).Evaluate(value, options);
        return found.IsValid
            ? []
            : found.Details.Where(d => d.HasErrors)
                .SelectMany(d => d.Errors!.Values.Select(e => $"{d.InstanceLocation} {e} ({d.SchemaLocation.Fragment})"))
                .DefaultIfEmpty(schema.GetPath());
    }

    /// <summary>The members of a form or object that the schema does not name, where it names any.</summary>
    public IEnumerable<string> Unknown(JsonNode body, JsonNode schema) =>
        Properties(schema) is { Count: > 0 } known && body is JsonObject members
            ? members.Where(m => !known.ContainsKey(m.Key)).Select(m => $"there is no member {m.Key}")
            : [];

    public JsonObject Form(NameValueCollection form, JsonNode schema)
    {
        var properties = Properties(schema);
        return new JsonObject(form.AllKeys.OfType<string>().Select(name => KeyValuePair.Create(
            name,
            properties.TryGetValue(name, out var property) ? Coerce(form.GetValues(name)!, property) : JsonValue.Create(form[name]))));
    }

    /// <summary>Texts as the type that the schema names: an address and a form have no types.</summary>
    public JsonNode? Coerce(string[] texts, JsonNode schema)
    {
        var type = Resolve(schema)["type"] is JsonArray several ? (string)several[0]! : (string?)Resolve(schema)["type"];
        return type switch
        {
            "array" => new JsonArray([.. texts.Select(t => Coerce([t], Resolve(schema)["items"]!))]),
            "integer" or "number" or "boolean" when Parsed(texts[0]) is { } value => value,
            _ => JsonValue.Create(string.Join(',', texts))
        };
    }

    private Dictionary<string, JsonNode> Properties(JsonNode schema)
    {
        var whole = Resolve(schema);
        var found = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var part in whole["allOf"] as JsonArray ?? [])
            foreach (var (name, property) in Properties(part!)) found[name] = property;
        foreach (var (name, property) in whole["properties"] as JsonObject ?? []) found[name] = property!;
        return found;
    }

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string Pointer(JsonNode node) => node.Parent switch
    {
        null => "",
        JsonArray list => $"{Pointer(list)}/{list.IndexOf(node)}",
        JsonObject parent => $"{Pointer(parent)}/{Uri.EscapeDataString(parent.First(m => ReferenceEquals(m.Value, node)).Key
            .Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal))}",
        _ => throw new InvalidOperationException("A JSON value has a parent of another kind.")
    };

    private static void Translate(JsonNode? node, bool answers, bool textual)
    {
        if (node is JsonArray list)
            foreach (var item in list) Translate(item, answers, textual);
        if (node is not JsonObject part) return;
        foreach (var (_, value) in part.ToList()) Translate(value, answers, textual);
        if (answers)
        {
            if (part["required"] is JsonArray) part.Remove("required");
            if (part.Remove("oneOf", out var alternatives)) part["anyOf"] = alternatives;
            // Dropbox marks a union that may grow.
            if (part["x-stone-open"] is not null && part["anyOf"] is JsonArray any) any.Add(new JsonObject());
        }

        if (part["type"] is not JsonValue type || type.GetValueKind() != System.Text.Json.JsonValueKind.String) return;
        var name = (string)type!;
        var types = new JsonArray(name);
        if (part["nullable"] is JsonValue nullable && (bool)nullable) types.Add("null");
        if (textual && name is "integer" or "number") types.Add("string");
        if (types.Count > 1) part["type"] = types;
    }
}
