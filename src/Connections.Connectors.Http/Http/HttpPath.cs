using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Http;

/// <summary>Checks that a path stays below the base URL.</summary>
internal static class HttpPath
{
    /// <summary>Null if the path is valid, otherwise the reason for rejecting it.</summary>
    public static string? Objection(string path)
    {
        if (path.StartsWith("//", StringComparison.Ordinal)) return "The path must not begin with //, which would name another host.";
        if (path.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) return "The path must not contain spaces or control characters: encode them (%20).";
        if (path.Contains('\\')) return "The path must not contain a \\.";
        if (path.IndexOfAny(['?', '#']) >= 0) return "The path must not contain a query or a fragment: use the field query.";
        var colon = path.IndexOf(':');
        if (colon >= 0 && !path[..colon].Contains('/')) return "The path must be a path, not an address.";
        // A server may decode the path several times.
        for (var (decoded, rounds) = (path, 0); rounds < 4; (decoded, rounds) = (Uri.UnescapeDataString(decoded), rounds + 1))
            if (decoded.Split('/', '\\').Any(segment => segment is "." or ".." || segment.StartsWith("..;", StringComparison.Ordinal)))
                return "The path must not contain \".\" or \"..\": it must stay below the base URL.";
        return path.Contains('%') && !WellEncoded(path) ? "The path contains a % that is not part of an escape such as %20." : null;
    }

    /// <summary>The full address of a path that <see cref="Objection"/> accepts, with the query.</summary>
    public static Uri Below(Uri address, string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        var text = string.Join('&', query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value)}"));
        var whole = path is "" or "/" ? address.AbsoluteUri : address.AbsoluteUri + path.TrimStart('/');
        return new Uri(text.Length == 0 ? whole : $"{whole}?{text}", UriKind.Absolute);
    }

    /// <summary>The query parameters: texts, numbers, true and false. A list repeats the name.</summary>
    public static List<KeyValuePair<string, string>> Query(JsonElement input)
    {
        var query = new List<KeyValuePair<string, string>>();
        if (!input.TryGetProperty("query", out var given) || given.ValueKind != JsonValueKind.Object) return query;
        foreach (var item in given.EnumerateObject())
            foreach (var value in item.Value.ValueKind == JsonValueKind.Array ? item.Value.EnumerateArray().ToList() : [item.Value])
                if (Text(value) is { } text) query.Add(new(item.Name, text));
        return query;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => Json.Text(value) ?? "",
        _ => value.GetRawText()
    };

    private static bool WellEncoded(string path)
    {
        for (var at = path.IndexOf('%'); at >= 0; at = path.IndexOf('%', at + 1))
            if (at + 2 >= path.Length || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2])) return false;
        return true;
    }
}
