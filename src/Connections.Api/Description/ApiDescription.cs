using System.Text.Json.Nodes;
using Connections.Api.Keys;
using Connections.Api.Responses;
using Connections.Hosting.Keys;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Connections.Api.Description;

/// <summary>Adds to the OpenAPI document what the endpoints do not declare: the API key, problems, examples.</summary>
internal static class ApiDescription
{
    private const string KeyScheme = "apiKey";
    private const string ProblemName = "Problem";

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Connections",
                Version = "v1",
                Description = "Connects a workflow platform to external systems, and runs activities over those connections."
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key: it belongs to one workspace and has one role."
            };
            document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
            document.Components.Schemas[ProblemName] = Problem();
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var document = context.Document!;
            var needed = context.Description.ActionDescriptor.EndpointMetadata.OfType<NeededRole>().FirstOrDefault();
            if (needed is not null)
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
                operation.Description = $"Needs a key of the role {needed.Role.Text()} or above.";
            }

            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "A problem, identified by its code.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ProblemName, document) }
                }
            };
            if (operation.RequestBody?.Content?.TryGetValue("application/json", out var body) == true
                && ApiExamples.Find(context.Description.HttpMethod, context.Description.RelativePath) is { } example)
            {
                body.Example = example;
            }

            return Task.CompletedTask;
        });
    }

    // RFC 9457
    private static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "title", "status", "detail", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What was wrong, and what to do." },
            ["code"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "Stable.",
                Enum = [.. Problems.Codes.Select(c => (JsonNode)c)]
            },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Description = "By field, where the problem is about fields.",
                Items = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["field"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        ["message"] = new OpenApiSchema { Type = JsonSchemaType.String }
                    }
                }
            }
        }
    };
}
