using System.Buffers;
using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Http;

/// <summary>Rejects headers that carry credentials, name the host or control the connection.</summary>
internal static class HttpHeaders
{
    private const int MaxLength = 8 * 1024;

    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "Cookie", "Host", "Connection", "Keep-Alive", "Proxy-Connection", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "HTTP2-Settings", "Forwarded", "X-Forwarded-For",
        "X-Forwarded-Host", "X-Forwarded-Proto"
    };

    public static string? Objection(string name, JsonElement value)
    {
        if (NameObjection(name) is { } objection) return objection;
        if (value.ValueKind != JsonValueKind.String || Json.Text(value) is not { } text) return $"The value of the header {name} must be a text.";
        if (text.Length > MaxLength) return $"The header {name} is too long.";
        return text.Any(c => c is < ' ' and not '\t' or (char)0x7F or > (char)0x7E) ? $"The header {name} may contain only printable ASCII characters." : null;
    }

    public static string? NameObjection(string name) =>
        name.Length is 0 or > 256 || name.AsSpan().ContainsAnyExcept(Token) ? "A header name must consist of letters, digits and dashes."
        : Reserved.Contains(name) ? $"The header {name} is set by the connection and cannot be changed."
        : null;
}
