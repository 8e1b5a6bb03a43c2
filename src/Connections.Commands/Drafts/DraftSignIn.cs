using Microsoft.OpenApi;

namespace Connections.Commands.Drafts;

/// <summary>Writes the ways to sign in from the security schemes that a document demands.</summary>
internal static class DraftSignIn
{
    public static void Write(YamlText yaml, OpenApiDocument document, IReadOnlyList<ApiOperation> chosen) => yaml.Members("authentication", () =>
    {
        var ways = new HashSet<string>(StringComparer.Ordinal);
        foreach (var scheme in Schemes(document, chosen)) Write(yaml, scheme, ways);
        if (ways.Count > 0) return;
        yaml.Comment("TODO: the document demands no way to sign in that a definition can use. Write one, if the API needs it.");
        yaml.Raw("open", "{ none: true }");
    });

    private static IEnumerable<IOpenApiSecurityScheme> Schemes(OpenApiDocument document, IReadOnlyList<ApiOperation> chosen)
    {
        var demanded = chosen.SelectMany(o => o.Operation.Security ?? []).Concat(document.Security ?? [])
            .SelectMany(requirement => requirement.Keys).Cast<IOpenApiSecurityScheme>().ToList();
        return demanded.Count > 0 ? demanded : document.Components?.SecuritySchemes?.Values ?? Enumerable.Empty<IOpenApiSecurityScheme>();
    }

    private static void Write(YamlText yaml, IOpenApiSecurityScheme scheme, HashSet<string> ways)
    {
        switch (scheme.Type)
        {
            case SecuritySchemeType.Http when "basic".Equals(scheme.Scheme, StringComparison.OrdinalIgnoreCase) && ways.Add("password"):
                yaml.Members("password", () =>
                {
                    yaml.Value("label", "User name and password");
                    yaml.Members("credentials", () =>
                    {
                        yaml.Raw("username", "{ label: User name, required: true, secret: false }");
                        yaml.Raw("password", "{ label: Password, required: true }");
                    });
                    yaml.Raw("basic", "{ username: \"{credentials.username}\", password: \"{credentials.password}\" }");
                });
                break;
            case SecuritySchemeType.Http when "bearer".Equals(scheme.Scheme, StringComparison.OrdinalIgnoreCase) && ways.Add("token"):
                yaml.Members("token", () =>
                {
                    yaml.Value("label", "Token");
                    yaml.Members("credentials", () => yaml.Raw("token", "{ label: Token, required: true }"));
                    yaml.Value("bearer", "{credentials.token}");
                });
                break;
            case SecuritySchemeType.ApiKey when scheme.In is ParameterLocation.Header or ParameterLocation.Query && ways.Add("key"):
                yaml.Members("key", () =>
                {
                    yaml.Value("label", "API key");
                    yaml.Members("credentials", () => yaml.Raw("apiKey", "{ label: API key, required: true }"));
                    yaml.Members(scheme.In == ParameterLocation.Header ? "header" : "query", () =>
                    {
                        yaml.Value("name", scheme.Name ?? "Authorization");
                        yaml.Value("value", "{credentials.apiKey}");
                    });
                });
                break;
            case SecuritySchemeType.OAuth2 when scheme.Flows?.AuthorizationCode is { AuthorizationUrl: { } authorize, TokenUrl: { } token } flow
                && authorize.IsAbsoluteUri && token.IsAbsoluteUri && ways.Add("oauth"):
                yaml.Members("oauth", () =>
                {
                    yaml.Value("label", "Sign in");
                    yaml.Members("oauth", () =>
                    {
                        yaml.Value("authorize", authorize.AbsoluteUri);
                        yaml.Value("token", token.AbsoluteUri);
                        WriteScopes(yaml, flow.Scopes ?? new Dictionary<string, string>());
                    });
                });
                break;
        }
    }

    private static void WriteScopes(YamlText yaml, IDictionary<string, string> scopes)
    {
        if (scopes.Count == 0) return;
        yaml.Comment("TODO: keep the scopes that the activities need.");
        yaml.Members("scopes", () =>
        {
            foreach (var (scope, reason) in scopes) yaml.Value(scope, DraftSchema.Sentence(reason) ?? "TODO: why it is needed.");
        });
    }
}
