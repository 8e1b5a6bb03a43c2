using System.Text.Json;

namespace Connections.Api.Responses;

/// <summary>What is wrong with a body, in words that quote no value of it.</summary>
internal static class JsonProblem
{
    public static string Explain(BadHttpRequestException bad) => bad.InnerException switch
    {
        JsonException { Path: { } path } json when json.Message.Contains("could not be mapped", StringComparison.Ordinal) =>
            $"The body has a field that is not known here: {path}.",
        JsonException { Path: { Length: > 1 } path } => $"The body does not fit at {path}.",
        JsonException => "The body is not a JSON object as this request takes it.",
        _ when bad.Message.Contains("content type", StringComparison.OrdinalIgnoreCase) => "Send the body as application/json.",
        _ => "The request cannot be read: a parameter or the body is missing or of the wrong type."
    };
}
