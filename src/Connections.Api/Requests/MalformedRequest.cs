using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Web.Responses;
using EventSourcing;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Connections.Api.Requests;

/// <summary>Describes what is wrong with a request that the framework cannot bind, without quoting any of its values.</summary>
internal static partial class MalformedRequest
{
    /// <param name="endpoint">The endpoint whose parameters did not fit; null if none was found.</param>
    public static ProblemDetails Describe(BadHttpRequestException bad, Endpoint? endpoint)
    {
        if (bad.StatusCode == 413) return Problems.TooLarge();
        if (Parameter().Match(bad.Message) is { Success: true } parameter)
            return Reject(parameter.Groups["name"].Value, $"Must be {Wanted(ParameterType(endpoint, parameter.Groups["name"].Value))}.");
        return bad.InnerException switch
        {
            JsonException { Path: { Length: > 2 } path } json when json.Message.Contains("could not be mapped", StringComparison.Ordinal) =>
                Reject(path[2..], "There is no such field. Remove it."),
            JsonException { Path: { Length: > 2 } path } json when json.Message.Contains("Duplicate", StringComparison.Ordinal) =>
                Reject(path[2..], "The field is given twice. Remove one of the two."),
            JsonException { Path: { Length: > 2 } path, InnerException: InvalidOperationException } json
                when json.InnerException!.Message.Contains("UTF-16", StringComparison.Ordinal) =>
                Reject(path[2..], "The text has half of a surrogate pair, such as \\ud83d. Write the whole character."),
            JsonException { Path: { Length: > 2 } path } json when json.Message.Contains("could not be converted", StringComparison.Ordinal) =>
                Reject(path[2..], $"Must be {Wanted(FieldType(endpoint, path[2..]))}."),
            JsonException { Path: { Length: > 2 } path } => Reject(path[2..], "The value is not valid JSON."),
            JsonException => Problems.From(400, "request.malformed", $"The body is not valid JSON. {Expected(endpoint)}"),
            _ when bad.Message.Contains("no body was provided", StringComparison.Ordinal) || bad.Message.Contains("was not provided from body", StringComparison.Ordinal) =>
                Problems.From(400, "request.malformed", $"The request has no body. {Expected(endpoint)}"),
            _ when bad.StatusCode == 415 => Problems.WrongMediaType(),
            _ => Problems.From(bad.StatusCode, "request.malformed", $"The request is not valid HTTP for this address. {Expected(endpoint)}".TrimEnd())
        };
    }

    private static ProblemDetails Reject(string field, string message) =>
        Problems.From(new RejectedException("request.malformed", $"{field}: {message}") { Errors = [new FieldError(field, message)] });

    private static string Expected(Endpoint? endpoint)
    {
        if (endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } body) return "";
        var fields = body.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name));
        return $"Send a JSON object with some of the fields {string.Join(", ", fields)}.";
    }

    private static Type? ParameterType(Endpoint? endpoint, string name) =>
        endpoint?.Metadata.GetMetadata<MethodInfo>()?.GetParameters().FirstOrDefault(p => p.Name == name)?.ParameterType;

    private static Type? FieldType(Endpoint? endpoint, string path) => path.Split('.').Aggregate(
        endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType,
        (type, name) => type?.GetProperties().FirstOrDefault(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name) == name)?.PropertyType);

    private static string Wanted(Type? type) => (Nullable.GetUnderlyingType(type ?? typeof(object)) ?? type) switch
    {
        var t when t == typeof(Guid) => "a UUID",
        var t when t == typeof(DateTimeOffset) => "a time such as 2026-10-01T00:00:00Z",
        var t when t == typeof(int) => "a whole number",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(string) => "text",
        _ => "an object"
    };

    [GeneratedRegex("""^Failed to bind parameter "[^"]+ (?<name>\w+)" from """)]
    private static partial Regex Parameter();
}
