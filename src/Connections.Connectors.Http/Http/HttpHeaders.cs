using System.Buffers;
using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Http;

/// <summary>Rejects headers that carry credentials, name the host or another path, or control the connection.</summary>
internal static class HttpHeaders
{
    private const int MaxLength = 8 * 1024;

    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "Cookie", "Host", "Connection", "Keep-Alive", "Proxy-Connection", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "HTTP2-Settings", "Forwarded",
        // Servers and frameworks take the path or the host from these instead of the request line.
        "X-Original-URL", "X-Original-Uri", "X-Original-Host", "X-Rewrite-URL", "X-Envoy-Original-Path", "X-Envoy-Original-Host", "X-Host",
        "X-Http-Host-Override", "X-Http-Path-Override", "X-Request-Uri"
    };

    private static readonly HashSet<string> OfCredentials = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Cookie" };

    private static readonly HashSet<string> OfContent = new(StringComparer.OrdinalIgnoreCase)
    {
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-MD5", "Content-Range", "Content-Type",
        "Expires", "Last-Modified"
    };

    /// <summary>Whether the header belongs to the body of a request.</summary>
    public static bool IsOfContent(string name) => OfContent.Contains(name);

    public static bool IsPrintable(string value) => value.All(c => c is >= ' ' and <= '~');

    /// <param name="headers">An object of texts; anything else is no header.</param>
    /// <param name="signed">The header that carries the credentials; null: none.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(JsonElement headers, string? signed, out string? problem)
    {
        problem = null;
        var parsed = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (headers.ValueKind != JsonValueKind.Object) return [];
        foreach (var header in headers.EnumerateObject())
        {
            problem ??= Objection(header.Name, header.Value) ?? (header.Name.Equals(signed, StringComparison.OrdinalIgnoreCase)
                ? $"The header {header.Name} is set by the connection and cannot be changed." : null);
            if (!parsed.TryAdd(header.Name, Json.Text(header.Value) ?? "")) problem ??= $"The header {header.Name} is given twice.";
        }

        return [.. parsed];
    }

    /// <summary>The reason why a header cannot carry a key; null if it can.</summary>
    public static string? KeyObjection(string name) => OfCredentials.Contains(name) ? null
        : OfContent.Contains(name) ? $"The header {name} describes a body and cannot carry a key."
        : NameObjection(name);

    private static string? Objection(string name, JsonElement value)
    {
        if (NameObjection(name) is { } objection) return objection;
        if (value.ValueKind != JsonValueKind.String || Json.Text(value) is not { } text) return $"The value of the header {name} must be a text.";
        if (text.Length > MaxLength) return $"The header {name} is too long.";
        return text.Any(c => c is < ' ' and not '\t' or > '~') ? $"The header {name} may contain only printable ASCII characters." : null;
    }

    public static string? NameObjection(string name) =>
        name.Length is 0 or > 256 || name.AsSpan().ContainsAnyExcept(Token) ? "A header name must consist of letters, digits and dashes."
        : Reserved.Contains(name) || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            ? $"The header {name} is set by the connection and cannot be changed."
        : null;
}
