using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Hosting.Keys;
using Connections.Web.Keys;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Connections.Api.Description;

/// <summary>Adds to the OpenAPI document what the endpoints do not declare: the API key, problems, examples.</summary>
internal static class ApiDescription
{
    private const string KeyScheme = "apiKey";

    private static readonly Dictionary<string, Type> StatusFilters = new()
    {
        ["listConnections"] = typeof(ConnectionStatus),
        ["listActivities"] = typeof(ActivityStatus)
    };

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
            document.Components.Schemas[ProblemDescription.Name] = ProblemDescription.Schema();
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            SchemaDescription.Correct(schema, context.JsonTypeInfo, parameter: context.ParameterDescription is not null);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context);
            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var (document, metadata) = (context.Document!, context.Description.ActionDescriptor.EndpointMetadata);
        var needed = metadata.OfType<NeededRole>().FirstOrDefault();
        if (needed is not null)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
            operation.Description = $"Needs a key of the role {needed.Role.Text()} or above.";
        }

        ByteBodies.Describe(operation, metadata);
        var own = metadata.OfType<RejectedStatuses>().SelectMany(rejected => rejected.Statuses);
        ProblemDescription.AddProblems(operation, document, (needed is not null, needed?.Role > Role.Viewer), own);
        if (metadata.OfType<ResponseForms>().FirstOrDefault() is { } forms
            && operation.Responses!["200"].Content!.TryGetValue("application/json", out var answer))
        {
            answer.Schema = new OpenApiSchema { OneOf = [.. forms.Types.Select(form => new OpenApiSchemaReference(form.Name, document))] };
        }

        if (StatusFilters.TryGetValue(operation.OperationId ?? "", out var status)
            && operation.Parameters?.FirstOrDefault(parameter => parameter.Name == "status")?.Schema is OpenApiSchema filter)
        {
            filter.Enum = SchemaDescription.Values(status);
        }

        if (operation.RequestBody?.Content?.TryGetValue("application/json", out var body) == true)
            body.Example = ApiExamples.Find(context.Description.HttpMethod, context.Description.RelativePath);
    }
}
