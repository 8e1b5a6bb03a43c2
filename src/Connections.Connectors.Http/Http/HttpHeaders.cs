using System.Buffers;
using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Http;

/// <summary>Which headers people may set: not those that carry credentials, name the host or belong to the connection.</summary>
internal static class HttpHeaders
{
    private const int MostBytes = 8 * 1024;

    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "Cookie", "Host", "Connection", "Keep-Alive", "Proxy-Connection", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "HTTP2-Settings", "Forwarded", "X-Forwarded-For",
        "X-Forwarded-Host", "X-Forwarded-Proto"
    };

    public static string? Objection(string name, JsonElement value)
    {
        if (NameObjection(name) is { } objection) return objection;
        if (value.ValueKind != JsonValueKind.String || Json.Text(value) is not { } text) return $"The header {name} must have a text.";
        if (text.Length > MostBytes) return $"The header {name} is too long.";
        return text.Any(c => c is < ' ' and not '\t' or (char)0x7F or > (char)0x7E) ? $"The header {name} may hold plain characters only." : null;
    }

    public static string? NameObjection(string name) =>
        name.Length is 0 or > 256 || name.AsSpan().ContainsAnyExcept(Token) ? "A header's name holds letters, digits and dashes."
        : Ours.Contains(name) ? $"The header {name} is set by the connection itself."
        : null;
}
