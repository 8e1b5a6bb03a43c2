using System.Text.Json.Nodes;
using Connections.Web.Responses;
using Microsoft.OpenApi;

namespace Connections.Api.Description;

/// <summary>Describes problems (RFC 9457): their schema, and the statuses of each operation.</summary>
internal static class ProblemDescription
{
    public const string Name = "Problem";

    private static readonly Dictionary<int, string> Descriptions = new()
    {
        [400] = "A field, a parameter or the body cannot be read.",
        [401] = "The request has no valid API key.",
        [403] = "The key's role does not allow this.",
        [404] = "There is no such connection, activity, connector, file or key.",
        [408] = "The body stopped arriving.",
        [409] = "The name or the account is taken, the id belongs to another request, or the current state does not allow this.",
        [410] = "The connection was deleted, or the file has expired.",
        [412] = "If-Match names another content.",
        [413] = "The body, the file or the input is too large.",
        [415] = "The body is not application/json, its charset is unknown, or a file is sent as a form or with an encoding.",
        [416] = "The range lies outside the file.",
        [422] = "The request can be read, but not carried out: errors names the fields, or the connection test failed.",
        [429] = "The key sent too many requests.",
        [503] = "A store is unavailable. Send the same request again after the time in Retry-After.",
        [507] = "The disk of the file store is full."
    };

    /// <param name="needed">Whether the operation needs a key, and more than the role viewer.</param>
    public static void AddProblems(OpenApiOperation operation, OpenApiDocument document, (bool Key, bool Role) needed, IEnumerable<int> own)
    {
        IEnumerable<int> statuses = [.. own, .. needed.Key ? [401, 429, 503] : (int[])[], .. needed.Role ? [403] : (int[])[]];
        if (operation.RequestBody is not null) statuses = statuses.Concat([400, 413, 415]);
        operation.Responses ??= [];
        foreach (var status in statuses.Distinct().Order())
            operation.Responses[status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = Problem(Descriptions[status], document);
        operation.Responses["default"] = Problem("A problem, identified by its code.", document);
    }

    public static OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "title", "status", "detail", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["title"] = Text(),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = Text("What was wrong, and what to do."),
            ["code"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "Stable.",
                Enum = [.. Problems.Codes.Select(c => (JsonNode)c)]
            },
            ["errors"] = List("By field, where the problem is about fields.", ("field", Text()), ("message", Text())),
            ["connectionId"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String | JsonSchemaType.Null,
                Format = "uuid",
                Description = "The connection that has the name or the account, where one was taken."
            },
            ["kind"] = Text("The kind of failure, where a connection test failed."),
            ["steps"] = List(
                "The steps of a connection test that failed.",
                ("name", Text()),
                ("outcome", Text()),
                ("message", Text()),
                ("ms", new OpenApiSchema { Type = JsonSchemaType.Integer }),
                ("certificates", List(
                    "What the server presented, its own certificate first, where the service does not trust it.",
                    ("subject", Text()),
                    ("issuer", Text()),
                    ("sha256", Text()),
                    ("until", new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" }),
                    ("pem", new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null })))),
            ["egressAddresses"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Description = "The addresses that the service calls from, where it cannot reach a server.",
                Items = Text()
            }
        }
    };

    private static OpenApiResponse Problem(string description, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Name, document) }
        }
    };

    private static OpenApiSchema Text(string? description = null) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiSchema List(string description, params (string Name, OpenApiSchema Schema)[] members) => new()
    {
        Type = JsonSchemaType.Array,
        Description = description,
        Items = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = members.ToDictionary(member => member.Name, member => (IOpenApiSchema)member.Schema)
        }
    };
}
