using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Connectors.OAuth;

/// <summary>The response of a token endpoint.</summary>
public abstract record TokenResponse
{
    public sealed record Granted(Grant Grant) : TokenResponse;

    /// <param name="Message">For people. May quote the provider; contains no secret.</param>
    /// <param name="Processed">Whether the provider may have used up the code or refresh token.</param>
    public sealed record Failed(FailureKind Kind, string Message, Delivered Processed, TimeSpan? RetryAfter = null) : TokenResponse
    {
        /// <summary>The message in our own words, for events and logs; null if the message quotes nobody.</summary>
        public string? OwnWords { get; init; }

        public string Reason => OwnWords ?? Message;
    }

    // Practically unlimited, but small enough for date arithmetic.
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(36_500);

    /// <summary>
    /// Parses a response. Some providers send errors with status 200 (Zoho, Slack), so the body is checked before the status. HTML comes
    /// from a gateway before the provider and counts as a temporary fault.
    /// </summary>
    /// <param name="sentAt">
    /// When the request was sent. The token's lifetime starts later, so counting from here never overestimates it.
    /// </param>
    internal static TokenResponse Read(int status, string? body, TimeSpan? retryAfter, OAuthDefinition definition, DateTimeOffset sentAt)
    {
        var (root, places) = (Json.Foreign(body), definition.Answer ?? OAuthAnswer.Standard);
        if (Given(root, places.Error) is { } error) return ToFailure(status, error, root, retryAfter, definition);
        if (status is >= 200 and < 300 && Given(root, places.Token) is { } access) return ToGrant(root, access, definition, places, sentAt);

        return status switch
        {
            429 => new Failed(FailureKind.Throttled, "The provider asks to slow down.", Delivered.No, retryAfter),
            // The provider may have issued a token that is unreadable here.
            >= 200 and < 300 => new Failed(FailureKind.Unavailable, $"The provider answered {status} without a token.", Delivered.Maybe, retryAfter),
            504 => new Failed(FailureKind.Unavailable, "The provider did not answer its own gateway (504).", Delivered.Maybe, retryAfter),
            _ => new Failed(FailureKind.Unavailable, $"The provider answered {status}.", Delivered.No, retryAfter)
        };
    }

    private static Granted ToGrant(JsonElement root, string access, OAuthDefinition definition, OAuthAnswer places, DateTimeOffset sentAt)
    {
        var lifetime = Number(root, places.Lifetime) is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, MaxLifetime.TotalSeconds)) : definition.DefaultLifetime;
        return new Granted(Grant.Create(
            access, Given(root, places.RefreshToken), sentAt + lifetime, lifetime, Scope(root, places, definition), Kept(root, places)));
    }

    private static Failed ToFailure(int status, string error, JsonElement root, TimeSpan? retryAfter, OAuthDefinition definition)
    {
        var kind = status == 429 ? FailureKind.Throttled : definition.Meaning(error);
        var own = definition.Knows(error) ? $"The provider answered {error}." : $"The provider answered with an error ({status}).";
        var message = Given(root, (definition.Answer ?? OAuthAnswer.Standard).Description) is { } description ? $"The provider answered {error}: {description}" : $"The provider answered {error}.";
        if (definition.Subtypes is { } subtypes && Json.Given(root, subtypes.Member) is { } subtype && subtypes.Advice.TryGetValue(subtype, out var advice))
            message = own = $"{own[..^1]} ({subtype}). {advice}";
        return new Failed(kind, message, Delivered.No, retryAfter) { OwnWords = own };
    }

    // Some providers send a list, or separate the scopes by commas.
    private static string? Scope(JsonElement root, OAuthAnswer places, OAuthDefinition definition)
    {
        var (parent, name) = Parent(root, places.Scope);
        if (Json.Member(parent, name) is { ValueKind: JsonValueKind.Array } list)
            return Json.Given(string.Join(' ', list.EnumerateArray().Select(Json.Text).Where(text => Json.Given(text) is not null)));
        var scope = Json.Given(parent, name);
        return definition.ScopeSeparator == " " ? scope : scope?.Replace(definition.ScopeSeparator, " ", StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Kept(JsonElement root, OAuthAnswer places)
    {
        var kept = new Dictionary<string, string>();
        foreach (var (name, path) in places.Keep ?? new Dictionary<string, string>())
            if (Parent(root, path) is var (parent, member) && Json.Id(parent, member) is { } value) kept[name] = value;
        return kept;
    }

    private static string? Given(JsonElement root, string path) => Parent(root, path) is var (parent, name) ? Json.Given(parent, name) : null;

    private static double? Number(JsonElement root, string path) => Parent(root, path) is var (parent, name) ? Json.Number(parent, name) : null;

    private static (JsonElement Parent, string Name) Parent(JsonElement root, string path)
    {
        var names = path.Split('.');
        return (names[..^1].Aggregate(root, (members, name) => Claims(Json.Member(members, name))), names[^1]);
    }

    // The claims of an ID token have members too. The provider sent it over TLS, so its signature need not be checked:
    // https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
    private static JsonElement Claims(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || Json.Text(value)?.Split('.') is not [_, var claims, _] || !Base64Url.IsValid(claims)) return value;
        return Json.Foreign(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(claims)));
    }
}
