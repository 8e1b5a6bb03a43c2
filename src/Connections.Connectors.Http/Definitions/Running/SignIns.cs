using System.Text.Json;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Http;
using Connections.Connectors.Signing;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>The way of a connection to sign in. Only here can expressions read credentials.</summary>
internal static class SignIns
{
    public static Way WayOf(Definition definition, JsonElement settings) =>
        definition.Ways.Count > 1 && definition.Entry.Way(settings) is { } chosen
            ? definition.Ways.FirstOrDefault(w => w.Id == chosen) ?? definition.Ways[0]
            : definition.Ways[0];

    public static IRequestSigner? Signer(Way way, ConnectionUse use, out ConnectorResult.Failed? problem)
    {
        problem = null;
        if (way.SignIn is SignIn.None) return new NoSigner();
        if (way.SignIn is SignIn.OAuth oauth) return new OAuthSigner(use.Tokens, oauth.Scheme);
        var roots = Roots(use.Settings, use.Credentials);
        var missing = way.Credentials.FirstOrDefault(f => f.Required && use.Credentials.Field(f.Name) is not { Length: > 0 });
        if (missing is not null) problem = Failed(FailureKind.ReauthRequired, $"The credentials contain no {missing.Name}.");
        else if (way.SignIn is not SignIn.Basic && Templates(way.SignIn).Any(t => !HttpHeaders.IsPrintable(t.Fill(roots))))
            problem = Failed(FailureKind.InvalidInput, "The credentials may contain only printable ASCII characters.");
        if (problem is not null) return null;
        return way.SignIn switch
        {
            SignIn.Basic basic => HeaderSigner.Basic(basic.Username.Fill(roots), basic.Password.Fill(roots)),
            SignIn.Bearer bearer => HeaderSigner.Bearer(bearer.Token.Fill(roots)),
            SignIn.Header header => HeaderSigner.Key(header.Name, header.Value.Fill(roots)),
            SignIn.Query query => new QuerySigner(query.Name, query.Value.Fill(roots)),
            _ => throw new InvalidOperationException($"{way.SignIn.GetType().Name} has no signer.")
        };
    }

    /// <summary>The values that were typed to sign in, to recognise the same credentials. Empty for a sign-in with OAuth.</summary>
    public static IReadOnlyList<string> Typed(Way way, JsonElement settings, Secret credentials)
    {
        var roots = Roots(settings, credentials);
        return [.. Templates(way.SignIn).Select(t => t.Fill(roots))];
    }

    private static JObject Roots(JsonElement settings, Secret credentials) => new()
    {
        ["settings"] = settings.ValueKind == JsonValueKind.Object ? Tokens.From(settings) : new JObject(),
        ["credentials"] = Tokens.Parse(System.Text.Encoding.UTF8.GetString(credentials.Reveal().Span)) ?? new JObject()
    };

    private static IReadOnlyList<Template> Templates(SignIn signIn) => signIn switch
    {
        SignIn.Basic basic => [basic.Username, basic.Password],
        SignIn.Bearer bearer => [bearer.Token],
        SignIn.Header header => [header.Value],
        SignIn.Query query => [query.Value],
        _ => []
    };

    private static ConnectorResult.Failed Failed(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);
}
