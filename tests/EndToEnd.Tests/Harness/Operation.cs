using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Harness;

/// <summary>An operation in the OpenAPI document of the running service.</summary>
/// <param name="Example">The example body of the document; null without a body.</param>
/// <param name="Properties">The properties of the body with their JSON types; an empty list allows any type.</param>
public sealed record Operation(HttpMethod Method, string Path, JsonObject? Example, IReadOnlyDictionary<string, string[]> Properties)
{
    public string Name => $"{Method} {Path}";

    public bool TakesId => Path.Contains("{id}", StringComparison.Ordinal);

    public string At(string id) => Path.Replace("{id}", id, StringComparison.Ordinal);

    public static async Task<IReadOnlyList<Operation>> All(Api api)
    {
        var document = JsonNode.Parse((await api.Get("/openapi/v1.json")).Is(200).Text)!;
        var operations = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(o => Read(document, path.Key, o.Key, o.Value!)))
            .ToList();
        Assert.NotEmpty(operations);
        return operations;
    }

    private static Operation Read(JsonNode document, string path, string method, JsonNode operation)
    {
        var body = operation["requestBody"]?["content"]?["application/json"];
        var reference = body?["schema"]?["$ref"]?.GetValue<string>().Split('/')[^1];
        var properties = reference is null ? null : document["components"]!["schemas"]![reference]!["properties"]?.AsObject();
        return new Operation(
            new HttpMethod(method.ToUpperInvariant()),
            path,
            body?["example"]?.AsObject(),
            properties?.ToDictionary(p => p.Key, p => Types(p.Value!)) ?? []);
    }

    private static string[] Types(JsonNode schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(t => t!.GetValue<string>())],
        JsonValue one => [one.GetValue<string>()],
        _ => schema["oneOf"] is not null || schema["$ref"]?.GetValue<string>().EndsWith("JsonElement", StringComparison.Ordinal) == false ? ["object"] : []
    };
}
