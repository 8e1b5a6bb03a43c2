using Connections.Api.Requests;
using Microsoft.OpenApi;

namespace Connections.Api.Description;

/// <summary>Marks an endpoint whose response is the bytes of a file.</summary>
internal sealed class RawContent;

/// <summary>Describes bodies that are bytes and not JSON.</summary>
internal static class ByteBodies
{
    public static void Describe(OpenApiOperation operation, IList<object> metadata)
    {
        if (metadata.OfType<RawBody>().Any())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "The bytes of the file.",
                Content = Bytes("*/*")
            };
            operation.Parameters ??= [];
            operation.Parameters.Add(Header(
                "Content-Disposition", """The name of the file: attachment; filename="report.pdf" (RFC 6266)."""));
        }

        if (!metadata.OfType<RawContent>().Any()) return;
        operation.Parameters ??= [];
        operation.Parameters.Add(Header("Range", "A range of the bytes: bytes=0-1023."));
        operation.Responses ??= [];
        operation.Responses["200"] = new OpenApiResponse { Description = "The file, with its type.", Content = Bytes("*/*") };
        operation.Responses["206"] = new OpenApiResponse { Description = "The range.", Content = Bytes("*/*") };
        operation.Responses["304"] = new OpenApiResponse { Description = "The caller has it: If-None-Match names its ETag, the SHA-256." };
    }

    private static Dictionary<string, OpenApiMediaType> Bytes(string type) =>
        new() { [type] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } } };

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String }
    };
}
