using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>A validated request. Creates one message for each redirect.</summary>
internal sealed record ApiRequest(
    HttpMethod Method, Uri Address, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[]? Body, string? BodyType)
{
    private static readonly HashSet<string> ContentHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-MD5", "Content-Range", "Content-Type",
        "Expires", "Last-Modified"
    };

    /// <summary>Whether to follow redirects: only for reads, because a write must not be repeated at another address.</summary>
    public bool Follows => Method == HttpMethod.Get || Method == HttpMethod.Head;

    private bool IsSafe => Follows || Method == HttpMethod.Options;

    /// <summary>Null if the request is rejected; <paramref name="problem"/> then gives the reason.</summary>
    public static ApiRequest? Parse(JsonElement input, HttpSettings settings, out string? problem)
    {
        var path = Json.Text(input.GetProperty("path"));
        var query = HttpPath.Query(input);
        problem = path is null ? "The path is not valid text." : HttpPath.Objection(path);
        if (settings is { Auth: "apiKey", KeyInQuery: true } && query.Any(q => q.Key == settings.KeyName))
            problem ??= $"The query parameter {settings.KeyName} is set by the connection and cannot be changed.";
        var headers = settings.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase);
        if (input.TryGetProperty("headers", out var headerInput) && headerInput.ValueKind == JsonValueKind.Object)
            foreach (var header in headerInput.EnumerateObject())
            {
                problem ??= HttpHeaders.Objection(header.Name, header.Value);
                if (settings is { Auth: "apiKey", KeyInQuery: false } && header.Name.Equals(settings.KeyName, StringComparison.OrdinalIgnoreCase))
                    problem ??= $"The header {header.Name} is set by the connection and cannot be changed.";
                headers[header.Name] = Json.Text(header.Value) ?? "";
            }

        var (body, type, contentProblem) = Content(input.TryGetProperty("body", out var bodyInput) ? bodyInput : default);
        problem ??= contentProblem;
        return problem is not null ? null : new ApiRequest(
            new HttpMethod(input.GetProperty("method").GetString()!), HttpPath.Below(settings.Base, path!, query), [.. headers], body, type);
    }

    /// <param name="own">True for the connection's own origin. Other origins get neither credentials nor headers.</param>
    public HttpRequestMessage Message(Uri address, bool own, HttpSettings settings, Secret credentials)
    {
        var message = new HttpRequestMessage(Method, own ? WithApiKey(address, settings, credentials) : address) { Version = new Version(1, 1) };
        // HttpClient itself repeats a request without a body if the connection breaks. An empty body prevents that for writes.
        if (own && (Body is not null || !IsSafe))
        {
            message.Content = new ByteArrayContent(Body ?? []);
            if (BodyType is not null) message.Content.Headers.TryAddWithoutValidation("Content-Type", BodyType);
        }

        foreach (var (name, value) in own ? Headers : Headers.Where(h => h.Key.Equals("Accept", StringComparison.OrdinalIgnoreCase)))
        {
            if (!ContentHeaders.Contains(name)) message.Headers.TryAddWithoutValidation(name, value);
            else if (message.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (!message.Headers.Contains("User-Agent")) message.Headers.TryAddWithoutValidation("User-Agent", "connections");
        if (own) Authorize(message.Headers, settings, credentials);
        return message;
    }

    private static void Authorize(HttpRequestHeaders headers, HttpSettings settings, Secret credentials)
    {
        switch (settings.Auth)
        {
            case "basic":
                var pair = $"{credentials.Field("username")}:{credentials.Field("password")}";
                headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
                break;
            case "bearer":
                headers.TryAddWithoutValidation("Authorization", $"Bearer {credentials.Field("token")}");
                break;
            case "apiKey" when !settings.KeyInQuery:
                headers.TryAddWithoutValidation(settings.KeyName, credentials.Field("apiKey"));
                break;
        }
    }

    private static Uri WithApiKey(Uri address, HttpSettings settings, Secret credentials)
    {
        if (settings is not { Auth: "apiKey", KeyInQuery: true }) return address;
        var pair = $"{Uri.EscapeDataString(settings.KeyName)}={Uri.EscapeDataString(credentials.Field("apiKey") ?? "")}";
        if (address.Query.TrimStart('?').Split('&').Contains(pair)) return address;
        return new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{pair}" : pair }.Uri;
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
