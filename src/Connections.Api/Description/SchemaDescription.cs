using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Web.Responses;
using Microsoft.OpenApi;

namespace Connections.Api.Description;

/// <summary>Corrects what the schemas of the framework say about requests, times and statuses.</summary>
internal static class SchemaDescription
{
    // Requests contain these, and so do responses.
    private static readonly Type[] Shared = [typeof(ConnectionReference), typeof(Caller)];

    /// <param name="parameter">Whether the schema is that of a parameter, which has no null.</param>
    public static void Correct(OpenApiSchema schema, JsonTypeInfo type, bool parameter)
    {
        var described = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (described == typeof(DateTimeOffset))
            (schema.Type, schema.Format) = (JsonSchemaType.String | (described == type.Type || parameter ? 0 : JsonSchemaType.Null), "date-time");
        if (described == typeof(ConnectionStatus) || described == typeof(ActivityStatus)) schema.Enum = Values(described);
        if (type.Kind != JsonTypeInfoKind.Object) return;
        var request = type.Type.Name.EndsWith("Request", StringComparison.Ordinal);
        if (!request) (schema.AdditionalPropertiesAllowed, schema.AdditionalProperties) = (true, null);
        // The framework requires each parameter of a constructor that has no default value.
        foreach (var property in type.Properties.Where(p => request || Shared.Contains(type.Type) ? p.IsGetNullable : IsLeftOut(p)))
            schema.Required?.Remove(property.Name);
    }

    public static List<JsonNode> Values(Type status) => [.. ShownStatuses.For(status).Select(name => (JsonNode)name)];

    private static bool IsLeftOut(JsonPropertyInfo property) =>
        property.AttributeProvider is MemberInfo member && member.GetCustomAttribute<JsonIgnoreAttribute>() is not null;
}
