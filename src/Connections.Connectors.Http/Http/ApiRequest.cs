using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Signing;

namespace Connections.Connectors.Http;

/// <summary>A validated request. Creates one message for each redirect.</summary>
/// <param name="File">The body, where it is a file. The caller closes it.</param>
internal sealed record ApiRequest(
    HttpMethod Method, Uri Address, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[]? Body = null, string? BodyType = null,
    OpenFile? File = null)
{
    /// <summary>Whether to follow redirects: only for reads, because a write must not be repeated at another address.</summary>
    public bool Follows => Method == HttpMethod.Get || Method == HttpMethod.Head;

    private bool IsSafe => Follows || Method == HttpMethod.Options;

    /// <summary>The input of the activity <c>request</c>. Null if it is rejected; <paramref name="problem"/> then gives the reason.</summary>
    public static ApiRequest? Parse(JsonElement input, HttpTarget target, IRequestSigner signer, out string? problem)
    {
        var headers = HttpHeaders.Parse(Json.Member(input, "headers"), signer.Header, out problem);
        if (problem is not null) return null;
        var replaced = target.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers) replaced[name] = value;
        return Create(
            new HttpMethod(input.GetProperty("method").GetString()!), Json.Text(input, "path"), HttpPath.Query(Json.Member(input, "query")),
            Json.Member(input, "body"), target with { Headers = [.. replaced] }, signer, out problem);
    }

    /// <param name="path">Relative to the target's base; null if it was not valid text.</param>
    /// <param name="body">Undefined or null: no body.</param>
    public static ApiRequest? Create(
        HttpMethod method, string? path, IReadOnlyList<KeyValuePair<string, string>> query, JsonElement body, HttpTarget target,
        IRequestSigner signer, out string? problem)
    {
        problem = path is null ? "The path is not valid text." : HttpPath.Objection(path);
        if (signer.QueryParameter is { } parameter && query.Any(q => q.Key == parameter))
            problem ??= $"The query parameter {parameter} is set by the connection and cannot be changed.";
        var (bytes, type, contentProblem) = Content(body);
        problem ??= contentProblem;
        return problem is null ? new ApiRequest(method, HttpPath.Below(target.Base, path!, query), target.Headers, bytes, type) : null;
    }

    /// <param name="own">True for the connection's own origin. Other origins get neither credentials nor headers.</param>
    public HttpRequestMessage Message(Uri address, bool own, IRequestSigner signer)
    {
        var message = new HttpRequestMessage(Method, address) { Version = new Version(1, 1) };
        // HttpClient itself repeats a request without a body if the connection breaks. An empty body prevents that for writes.
        if (own && (Body is not null || File is not null || !IsSafe))
        {
            message.Content = File is null ? new ByteArrayContent(Body ?? []) : new FileContent(File);
            if (BodyType is not null) message.Content.Headers.TryAddWithoutValidation("Content-Type", BodyType);
        }

        foreach (var (name, value) in own ? Headers : Headers.Where(h => h.Key.ToLowerInvariant() is "accept" or "accept-encoding" or "range"))
        {
            if (!HttpHeaders.IsOfContent(name)) message.Headers.TryAddWithoutValidation(name, value);
            else if (message.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (!message.Headers.Contains("User-Agent")) message.Headers.TryAddWithoutValidation("User-Agent", "connections");
        if (own) signer.Sign(message);
        return message;
    }

    private static (byte[]? Body, string? Type, string? Problem) Content(JsonElement body)
    {
        switch (body.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                return (null, null, null);
            case JsonValueKind.String:
                return Json.Text(body) is { } text
                    ? (Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", null) : (null, null, "The body is not valid text.");
            case JsonValueKind.Object when body.EnumerateObject().ToList() is [{ Name: "base64", Value.ValueKind: JsonValueKind.String } bytes]:
                return bytes.Value.TryGetBytesFromBase64(out var raw)
                    ? (raw, "application/octet-stream", null) : (null, null, "The body is not valid base64.");
            default:
                return (Encoding.UTF8.GetBytes(body.GetRawText()), "application/json", null);
        }
    }
}
