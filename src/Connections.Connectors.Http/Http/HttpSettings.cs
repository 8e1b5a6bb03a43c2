using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>The form of the connector <c>http</c>.</summary>
/// <param name="KeyName">The header or query parameter of a key.</param>
internal sealed record HttpSettings(HttpTarget Target, string Auth, string KeyName, bool KeyInQuery, string TestPath)
{
    /// <summary>Null if the settings are invalid; <paramref name="problem"/> then gives the reason.</summary>
    public static HttpSettings? Parse(JsonElement settings, out string? problem)
    {
        if (HttpTarget.Parse(Json.Text(settings, "baseUrl") ?? "", out problem) is not { } target) return null;
        var keyName = Json.Text(settings, "apiKeyName") is { Length: > 0 } name ? name : "X-Api-Key";
        var inQuery = Json.Text(settings, "apiKeyIn") == "query";
        var auth = Json.Text(settings, "auth") ?? "none";
        var inHeader = auth == "apiKey" && !inQuery;
        if (inHeader && (problem = HttpHeaders.KeyObjection(keyName)) is not null) return null;
        var headers = HttpHeaders.Parse(Json.Member(settings, "headers"), inHeader ? keyName : null, out problem);
        if (problem is not null) return null;
        var test = Json.Text(settings, "testPath") is { Length: > 0 } path ? path : "/";
        target = target with { Headers = headers, CaCertificate = Json.Text(settings, "caCertificate") };
        return new HttpSettings(target, auth, keyName, inQuery, test);
    }

    /// <summary>Null if the credentials cannot be sent; <paramref name="problem"/> then gives the reason.</summary>
    public IRequestSigner? Signer(Secret credentials, out ConnectorResult.Failed? problem)
    {
        problem = null;
        switch (Auth)
        {
            case "basic":
                var (username, password) = (credentials.Field("username") ?? "", credentials.Field("password") ?? "");
                if (username.Length + password.Length > 0) return HeaderSigner.Basic(username, password);
                problem = Missing("user name and no password");
                return null;
            case "bearer":
                return Text(credentials, "token", out problem) is { } token ? HeaderSigner.Bearer(token) : null;
            case "apiKey":
                if (Text(credentials, "apiKey", out problem) is not { } key) return null;
                return KeyInQuery ? new QuerySigner(KeyName, key) : HeaderSigner.Key(KeyName, key);
            default:
                return new NoSigner();
        }
    }

    /// <summary>
    /// The account identity: base URL and user. Without a user it contains the secret itself, which the caller must hash.
    /// </summary>
    public AccountIdentity Identity(Secret credentials) => new("address", JsonSerializer.Serialize<string[]>(Auth switch
    {
        "basic" => [Target.Base.AbsoluteUri, "user", credentials.Field("username") ?? ""],
        "bearer" => [Target.Base.AbsoluteUri, "token", credentials.Field("token") ?? ""],
        "apiKey" => [Target.Base.AbsoluteUri, "key", credentials.Field("apiKey") ?? ""],
        _ => [Target.Base.AbsoluteUri]
    }));

    // A user name without a password is a key.
    public string Display(Secret credentials) => Auth == "basic" && credentials.Field("password") is { Length: > 0 }
        && credentials.Field("username") is { Length: > 0 } user ? $"{user} at {Target.Base}" : Target.Base.ToString();

    private static string? Text(Secret credentials, string field, out ConnectorResult.Failed? problem)
    {
        var value = credentials.Field(field) ?? "";
        problem = value.Length == 0 ? Missing(field)
            : HttpHeaders.IsPrintable(value) ? null
            : new ConnectorResult.Failed(
                FailureKind.InvalidInput, $"The {field} may contain only printable ASCII characters.", Delivered.No, Answered: true);
        return problem is null ? value : null;
    }

    private static ConnectorResult.Failed Missing(string what) =>
        new(FailureKind.ReauthRequired, $"The credentials contain no {what}.", Delivered.No, Answered: true);
}
