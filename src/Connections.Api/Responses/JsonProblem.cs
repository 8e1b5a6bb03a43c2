using System.Text.Json;

namespace Connections.Api.Responses;

/// <summary>Describes what is wrong with a request body without quoting any of its values.</summary>
internal static class JsonProblem
{
    public static string Explain(BadHttpRequestException bad) => bad.InnerException switch
    {
        JsonException { Path: { } path } json when json.Message.Contains("could not be mapped", StringComparison.Ordinal) =>
            $"The body has an unknown field: {path}. Remove it.",
        JsonException { Path: { Length: > 1 } path } => $"The body has a value of the wrong type at {path}.",
        JsonException => "The body is not a JSON object of the form that this request expects.",
        _ when bad.Message.Contains("content type", StringComparison.OrdinalIgnoreCase) => "Send the body as application/json.",
        _ => "The request cannot be read: a parameter or the body is missing or of the wrong type."
    };
}
