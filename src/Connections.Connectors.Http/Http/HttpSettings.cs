using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <param name="Base">An absolute http or https URL that ends in a slash, without user, query and fragment.</param>
internal sealed record HttpSettings(
    Uri Base, string Auth, string KeyName, bool KeyInQuery, IReadOnlyList<KeyValuePair<string, string>> Headers, string TestPath,
    string? CaCertificate)
{
    /// <summary>Null if the settings are invalid; <paramref name="problem"/> then gives the reason.</summary>
    public static HttpSettings? Parse(JsonElement settings, out string? problem)
    {
        problem = null;
        if (ParseBase(Json.Text(settings, "baseUrl") ?? "", out problem) is not { } address) return null;
        var keyName = Json.Text(settings, "apiKeyName") is { Length: > 0 } name ? name : "X-Api-Key";
        var inQuery = Json.Text(settings, "apiKeyIn") == "query";
        var headers = new List<KeyValuePair<string, string>>();
        if (settings.TryGetProperty("headers", out var fixedHeaders) && fixedHeaders.ValueKind == JsonValueKind.Object)
            foreach (var header in fixedHeaders.EnumerateObject())
            {
                if ((problem = HttpHeaders.Objection(header.Name, header.Value)) is not null) return null;
                headers.Add(new(header.Name, Json.Text(header.Value)!));
            }

        var auth = Json.Text(settings, "auth") ?? "none";
        if (auth == "apiKey" && !inQuery && (problem = HttpHeaders.NameObjection(keyName)) is not null) return null;
        var test = Json.Text(settings, "testPath") is { Length: > 0 } path ? path : "/";
        return new HttpSettings(address, auth, keyName, inQuery, headers, test, Json.Text(settings, "caCertificate"));
    }

    public string Origin => GetOrigin(Base);

    public static string GetOrigin(Uri uri) => $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}";

    /// <summary>
    /// The account identity: base URL and user. Without a user it contains the secret itself, which the caller must hash.
    /// </summary>
    public AccountIdentity Identity(Secret credentials) => new("address", JsonSerializer.Serialize<string[]>(Auth switch
    {
        "basic" => [Base.AbsoluteUri, "user", credentials.Field("username") ?? ""],
        "bearer" => [Base.AbsoluteUri, "token", credentials.Field("token") ?? ""],
        "apiKey" => [Base.AbsoluteUri, "key", credentials.Field("apiKey") ?? ""],
        _ => [Base.AbsoluteUri]
    }));

    public string Display(Secret credentials) => Auth == "basic" ? $"{credentials.Field("username")} at {Base}" : Base.ToString();

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
