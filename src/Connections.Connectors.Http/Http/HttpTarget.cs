using Connections.Connectors.Guard;

namespace Connections.Connectors.Http;

/// <summary>The API that a connection calls. All paths lie below its base.</summary>
/// <param name="Base">An absolute http or https URL that ends in a slash, without user, query and fragment.</param>
/// <param name="Headers">Sent with every request.</param>
/// <param name="CaCertificate">The issuer of the server's certificate (PEM); null: a public one.</param>
internal sealed record HttpTarget(Uri Base, IReadOnlyList<KeyValuePair<string, string>> Headers, string? CaCertificate = null)
{
    public string Origin => GetOrigin(Base);

    public static string GetOrigin(Uri uri) => $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}";

    /// <summary>The address that a response names, relative to its own; null if it is none, or its host has no ASCII form.</summary>
    public static Uri? Resolve(Uri from, string named)
    {
        try
        {
            // Uri accepts hosts of which IDN knows no ASCII form. It throws only when somebody reads the host.
            return Uri.TryCreate(from, named, out var address) && HostName.Parse(address.IdnHost, out _) is not null ? address : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    /// <summary>Null if the base URL is invalid; <paramref name="problem"/> then gives the reason.</summary>
    public static HttpTarget? Parse(string baseUrl, out string? problem) =>
        ParseBase(baseUrl, out problem) is { } address ? new HttpTarget(address, []) : null;

    private static Uri? ParseBase(string typed, out string? problem)
    {
        problem = "The base URL must be an address such as https://api.example.com/v1.";
        var scheme = typed.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https://"
            : typed.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http://" : null;
        if (scheme is null || typed.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\')) return null;
        var rest = typed[scheme.Length..];
        var authority = rest.Split('/', '?', '#')[0];
        if (authority.Contains('@'))
        {
            problem = "The base URL must not contain a user or a password: enter them as credentials.";
            return null;
        }

        if (rest.IndexOfAny(['?', '#']) >= 0)
        {
            problem = "The base URL must not contain a query or a fragment.";
            return null;
        }

        // Parse the typed text: Uri would turn 0x7f.1 and 2130706433 into addresses before the guard checks them.
        var colon = authority.LastIndexOf(':');
        var host = colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
        if (HostName.Parse(host, out var why) is not { } name)
        {
            problem = why;
            return null;
        }

        var written = name.Name.Contains(':') ? $"[{name.Name}]" : name.Name;
        var port = colon > authority.LastIndexOf(']') ? authority[colon..] : "";
        var path = rest[authority.Length..];
        if (HttpPath.Objection(path) is { } objection)
        {
            problem = objection;
            return null;
        }

        if (!Uri.TryCreate($"{scheme}{written}{port}{path.TrimEnd('/')}/", UriKind.Absolute, out var address)) return null;
        problem = null;
        return address;
    }
}
