using Connections.Domain;

namespace Connections.Connectors.OAuth;

/// <summary>What becomes of a refresh token that is used.</summary>
public enum Rotation
{
    /// <summary>It stays.</summary>
    None,

    /// <summary>Each use returns another; the old one stays good for a time.</summary>
    RotateOldStays,

    /// <summary>Each use returns another and ends the old one; using that again may end the whole grant.</summary>
    SingleUse
}

/// <summary>What revoking a token ends.</summary>
public enum RevokeReach
{
    None,
    Token,

    /// <summary>Everything the person granted to our application: other connections may live on it, so nothing is revoked.</summary>
    Grant
}

/// <param name="Member">Where an answer of the token endpoint says it.</param>
/// <param name="Advice">For those that want something done: a sentence for people.</param>
public sealed record ErrorSubtypes(string Member, IReadOnlyDictionary<string, string> Advice);

/// <summary>
/// How one signs in at a provider with OAuth 2.0, as data. Addresses are templates: <c>{base}</c>, <c>{tenant}</c>, <c>{region}</c> and what
/// else the operator's application says.
/// </summary>
/// <param name="AuthorizeParameters">Beyond those of the standard, for providers that want them to give a refresh token.</param>
/// <param name="ScopesAtRefresh">The provider wants the scopes again with each refresh.</param>
/// <param name="DefaultLifetime">Of an access token whose life the provider does not tell.</param>
/// <param name="IdleLimit">A grant that nobody uses for so long ends; null: it does not, as far as is known.</param>
/// <param name="AbsoluteLimit">A grant ends so long after the sign-in, used or not; null: it does not, as far as is known.</param>
/// <param name="Failures">Errors of the token endpoint that mean something else here than in the standard.</param>
/// <param name="GrantedAs">Scopes that the provider calls by another name where it tells what was granted; null: it does not tell them.</param>
/// <param name="Subtypes">What the provider says beside an error of the token endpoint; null: nothing that is known.</param>
/// <param name="Issuer">What the provider calls itself in its answers to browsers (RFC 9207, <c>iss</c>); null: it is not known, and not compared.</param>
/// <param name="Values">For the templates, where the operator's application says nothing.</param>
public sealed record OAuthDefinition(
    string AuthorizeUrl,
    string TokenUrl,
    string? RevokeUrl,
    Rotation Rotation,
    RevokeReach Revoke,
    TimeSpan DefaultLifetime,
    TimeSpan? IdleLimit = null,
    TimeSpan? AbsoluteLimit = null,
    bool ScopesAtRefresh = false,
    IReadOnlyDictionary<string, string>? AuthorizeParameters = null,
    IReadOnlyDictionary<string, FailureKind>? Failures = null,
    IReadOnlyDictionary<string, string?>? GrantedAs = null,
    ErrorSubtypes? Subtypes = null,
    string? Issuer = null,
    IReadOnlyDictionary<string, string>? Values = null)
{
    // RFC 6749 5.2 and RFC 6749 4.1.2.1; what is not named here is taken for a passing fault, since that kills nothing
    private static readonly Dictionary<string, FailureKind> Standard = new(StringComparer.Ordinal)
    {
        ["invalid_grant"] = FailureKind.ReauthRequired,
        ["interaction_required"] = FailureKind.ReauthRequired,
        ["consent_required"] = FailureKind.ReauthRequired,
        ["invalid_client"] = FailureKind.Operator,
        ["unauthorized_client"] = FailureKind.Operator,
        ["invalid_request"] = FailureKind.Operator,
        ["invalid_scope"] = FailureKind.Operator,
        ["unsupported_grant_type"] = FailureKind.Operator,
        ["slow_down"] = FailureKind.Throttled,
        ["server_error"] = FailureKind.Unavailable,
        ["temporarily_unavailable"] = FailureKind.Unavailable
    };

    /// <summary>What an error of the token endpoint means; one that nobody knows kills no grant.</summary>
    public FailureKind Meaning(string error) =>
        Failures?.TryGetValue(error, out var special) == true ? special : Standard.GetValueOrDefault(error, FailureKind.Unavailable);
}
