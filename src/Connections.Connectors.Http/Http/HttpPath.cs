using System.Text;
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
        if (path.Any(char.IsControl) || path.Any(char.IsWhiteSpace)) return "The path must not contain spaces or control characters: encode them (%20).";
        if (path.Contains('\\')) return "The path must not contain a \\.";
        if (path.IndexOfAny(['?', '#']) >= 0) return "The path must not contain a query or a fragment: use the field query.";
        var colon = path.IndexOf(':');
        if (colon >= 0 && !path[..colon].Contains('/')) return "The path must be a path, not an address.";
        // A server may decode the path several times.
        for (var (decoded, last) = (path, ""); decoded != last; (last, decoded) = (decoded, Uri.UnescapeDataString(decoded)))
        {
            if (decoded.Any(char.IsControl) || HasOverlongEscape(decoded)) return "The path must not contain control characters, encoded or not.";
            if (decoded.Split('/', '\\').Any(IsDots)) return "The path must not contain \".\" or \"..\": it must stay below the base URL.";
        }

        return path.Contains('%') && !WellEncoded(path) ? "The path contains a % that is not part of an escape such as %20." : null;
    }

    // Servers drop blanks and parameters behind dots, and some turn other forms of dots into dots.
    private static bool IsDots(string segment)
    {
        var plain = segment.Any(char.IsSurrogate) ? segment : segment.Normalize(NormalizationForm.FormKC);
        return plain.Split(';', '/', '\\').Any(part => part.Trim() is "." or "..");
    }

    // C0 and C1 begin characters that are longer than they need to be, such as a dot of two bytes.
    private static bool HasOverlongEscape(string path) =>
        path.Contains("%c0", StringComparison.OrdinalIgnoreCase) || path.Contains("%c1", StringComparison.OrdinalIgnoreCase)
        || path.Contains("%e0%80", StringComparison.OrdinalIgnoreCase);

    /// <summary>The full address of a path that <see cref="Objection"/> accepts, with the query. An empty path is the base itself.</summary>
    public static Uri Below(Uri address, string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        var text = string.Join('&', query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value)}"));
        var whole = path.Length == 0 ? address.AbsoluteUri.TrimEnd('/') : address.AbsoluteUri + path.TrimStart('/');
        return new Uri(text.Length == 0 ? whole : $"{whole}?{text}", UriKind.Absolute);
    }

    /// <summary>The query parameters of an object: texts, numbers, true and false. A list repeats the name.</summary>
    public static List<KeyValuePair<string, string>> Query(JsonElement given) => given.ValueKind == JsonValueKind.Object
        ? Query(given.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value))) : [];

    public static List<KeyValuePair<string, string>> Query(IEnumerable<KeyValuePair<string, JsonElement>> given)
    {
        var query = new List<KeyValuePair<string, string>>();
        foreach (var item in given)
            foreach (var value in item.Value.ValueKind == JsonValueKind.Array ? item.Value.EnumerateArray().ToList() : [item.Value])
                if (Text(value) is { } text) query.Add(new(item.Key, text));
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
