using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads what the catalogue shows of an activity. A common activity has its schemas from there.</summary>
internal static class Descriptions
{
    private static readonly string[] Types = ["string", "integer", "number", "boolean", "object", "array", "null"];

    public static ActivityDescription Read(Node.Text name, Part part)
    {
        var common = CommonActivities.Find(name.Value);
        var input = Schema(part, "inputSchema") ?? common?.Input.DeepClone();
        var output = Schema(part, "outputSchema") ?? common?.Output.DeepClone();
        if (input is null)
        {
            part.Faults.Add(name, $"\"{name.Value}\" is no common activity, so it needs inputSchema; add inputSchema: {{ type: object, properties: {{ … }} }}"
                + (Nearest.Name(name.Value, CommonActivities.Ids) is { } near ? $", or write {near}." : "."));
        }

        if (part.Take("vendor") is { } vendor)
        {
            var inner = Part.From(vendor, "vendor", part.Faults);
            Vendor(inner, "input", input);
            Vendor(inner, "output", output);
            inner.Finish();
        }

        var example = part.Take("example");
        return new ActivityDescription(
            name.Value, part.Text("name") ?? common?.Name ?? name.Value, part.Text("description") ?? common?.Description ?? "",
            input ?? new JsonObject(), output ?? new JsonObject { ["type"] = "object" }, example is null ? common?.Example?.DeepClone() : Forms.Json(example));
    }

    private static void Vendor(Part vendor, string side, JsonNode? schema)
    {
        if (vendor.Take(side) is not Node.Members node || schema is null) return;
        var properties = schema["properties"] as JsonObject ?? [];
        properties["vendor"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = Forms.Json(node) };
        schema["properties"] = properties;
    }

    private static JsonObject? Schema(Part part, string name)
    {
        if (part.Take(name) is not { } node) return null;
        if (node is not Node.Members || Forms.Json(node) is not JsonObject schema)
        {
            part.Faults.Add(node, $"\"{name}\" must be a JSON Schema; write {{ type: object, properties: {{ … }} }}.");
            return null;
        }

        if (Unknown(schema) is { } type)
        {
            part.Faults.Add(node, $"\"{name}\" is no JSON Schema that can be read: \"{type}\" is no type; use {string.Join(", ", Types)}.");
            return null;
        }

        try
        {
            if (name == "inputSchema") schema["additionalProperties"] ??= false;
            schema["type"] ??= "object";
            if (!part.Faults.Known) InputSchema.Parse(schema);
            return schema;
        }
        catch (Exception)
        {
            part.Faults.Add(node, $"\"{name}\" is no JSON Schema that can be read; check its types and references.");
            return null;
        }
    }

    private static string? Unknown(JsonNode? schema) => schema switch
    {
        JsonArray items => items.Select(Unknown).FirstOrDefault(type => type is not null),
        JsonObject members => members.Select(m => m is { Key: "type", Value: JsonValue value } && value.TryGetValue<string>(out var type)
            ? Types.Contains(type) ? null : type
            : m.Key is "enum" or "const" or "default" or "example" or "examples" ? null : Unknown(m.Value)).FirstOrDefault(type => type is not null),
        _ => null
    };
}
