using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using NJsonSchema;

namespace Api.Tests.Description;

/// <summary>The OpenAPI document of a running host, read with the reader of Microsoft.OpenApi and as JSON.</summary>
internal sealed class ApiDocument
{
    private const string Components = "#/components/schemas/";
    private const string Definitions = "#/definitions/";

    private readonly JsonNode json;

    private ApiDocument(string text)
    {
        json = JsonNode.Parse(text)!;
        (Text, Read) = (text, OpenApiDocument.Parse(text, "json"));
        Operations =
        [
            .. json["paths"]!.AsObject().SelectMany(
                path => path.Value!.AsObject().Select(o => new ApiOperation($"{o.Key.ToUpperInvariant()} {path.Key}", o.Value!)))
        ];
        Assert.NotEmpty(Operations);
    }

    public string Text { get; }

    public ReadResult Read { get; }

    public IReadOnlyList<ApiOperation> Operations { get; }

    public JsonObject Schemas => json["components"]!["schemas"]!.AsObject();

    public static async Task<ApiDocument> From(HttpClient client) => new(await client.GetStringAsync("/openapi/v1.json"));

    public ApiOperation Operation(string id) => Operations.Single(operation => operation.Id == id);

    /// <summary>Validates JSON against a schema of the document, and returns the errors.</summary>
    public async Task<IReadOnlyList<string>> Errors(JsonNode schema, string value)
    {
        var whole = new JsonObject { ["allOf"] = new JsonArray(schema.DeepClone()), ["definitions"] = Schemas.DeepClone() };
        var parsed = await JsonSchema.FromJsonAsync(whole.ToJsonString().Replace(Components, Definitions, StringComparison.Ordinal));
        return [.. parsed.Validate(value).Select(error => error.ToString())];
    }

    /// <summary>The schema itself, or the one that it refers to.</summary>
    public JsonNode Resolve(JsonNode schema) => schema["$ref"]?.GetValue<string>() is { } reference ? Schemas[reference[Components.Length..]]! : schema;
}

internal sealed record ApiOperation(string Name, JsonNode Json)
{
    public string? Id => Json["operationId"]?.GetValue<string>();

    public JsonNode? Body => Json["requestBody"]?["content"]?["application/json"];

    public IReadOnlyList<string> Statuses => [.. Json["responses"]!.AsObject().Select(response => response.Key)];

    public JsonNode? Response(string status) => Json["responses"]?[status]?["content"]?.AsObject().First().Value?["schema"];
}
