using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Connections.Connectors.OAuth;

/// <summary>The effect of a refresh on the refresh token.</summary>
public enum Rotation
{
    /// <summary>The token stays valid.</summary>
    None,

    /// <summary>Each use returns a new token. The old one stays valid for some time.</summary>
    RotateOldStays,

    /// <summary>Each use returns a new token and ends the old one. Using the old one again may end the whole grant.</summary>
    SingleUse
}

/// <summary>The extent of a revocation.</summary>
public enum RevokeReach
{
    None,
    Token,

    /// <summary>Everything the person granted to the application. Other connections may depend on it, so nothing is revoked.</summary>
    Grant
}

/// <param name="Member">The member of the token endpoint's response that contains the subtype.</param>
/// <param name="Advice">By subtype: a sentence with the action that people should take.</param>
public sealed record ErrorSubtypes(string Member, IReadOnlyDictionary<string, string> Advice);

/// <summary>A value that the provider names when it sends the browser back, such as the data centre of the account.</summary>
/// <param name="Parameter">The parameter of the callback. Its value comes through a browser, so only exact values of the list count.</param>
/// <param name="Values">By the value of the parameter: the value to keep. The first counts if there is no parameter.</param>
public sealed record CallbackValue(string Parameter, IReadOnlyList<KeyValuePair<string, string>> Values);

/// <summary>
/// A provider's OAuth 2.0 endpoints and differences from the standard, as data. Addresses are templates. The operator's application
/// supplies the values for <c>{base}</c>, <c>{tenant}</c>, <c>{region}</c> and so on.
/// </summary>
/// <param name="AuthorizeParameters">Non-standard parameters, without which the provider issues no refresh token.</param>
/// <param name="ScopesAtRefresh">Whether the provider requires the scopes with each refresh.</param>
/// <param name="DefaultLifetime">The assumed lifetime of an access token if the provider reports none.</param>
/// <param name="IdleLimit">An unused grant ends after this time; null: no known limit.</param>
/// <param name="AbsoluteLimit">A grant ends this long after the sign-in, used or not; null: no known limit.</param>
/// <param name="Failures">Token endpoint errors whose meaning differs from the standard.</param>
/// <param name="GrantedAs">By scope: its name in the provider's list of granted scopes; null: the provider never lists it.</param>
/// <param name="Subtypes">Known subtypes of token endpoint errors; null: none known.</param>
/// <param name="Issuer">The provider's <c>iss</c> in authorization responses (RFC 9207); null: unknown, and not checked.</param>
/// <param name="Values">Default template values, used if the operator's application has none.</param>
/// <param name="ScopeSeparator">Between the scopes of a request.</param>
/// <param name="Answer">Where the values are in the token endpoint's answer; null: at the names of the standard.</param>
/// <param name="RevokeWithBearer">Whether the access token is sent as the credentials of the revocation, not a token in its form.</param>
/// <param name="Callback">Values that the callback names, by the name under which they are kept and used in addresses (<c>{kept.x}</c>).</param>
public sealed partial record OAuthDefinition(
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
    IReadOnlyDictionary<string, string>? Values = null,
    string ScopeSeparator = " ",
    OAuthAnswer? Answer = null,
    bool RevokeWithBearer = false,
    IReadOnlyDictionary<string, CallbackValue>? Callback = null)
{
    // RFC 6749 5.2 and 4.1.2.1. An unlisted error counts as temporary, because a temporary fault does not end the grant.
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

    /// <summary>The settings of the form that the addresses use, by their places (<c>settings.company</c>).</summary>
    public IReadOnlyDictionary<string, string> Used(JsonElement settings) => new[] { AuthorizeUrl, TokenUrl, RevokeUrl, Issuer }.OfType<string>()
        .SelectMany(address => SettingPlaces().Matches(address).Select(place => place.Groups[1].Value)).Distinct()
        .Select(place => (place, Value: Json.Text(settings, place["settings.".Length..]))).Where(used => used.Value is not null)
        .ToDictionary(used => used.place, used => used.Value!);

    /// <summary>
    /// The values to keep of a callback's parameters. Without a parameter, the setting of the same name counts, or the first value of the
    /// list. Null: a parameter has a value that is not in the list.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Named(IReadOnlyDictionary<string, string> parameters, JsonElement settings)
    {
        var named = new Dictionary<string, string>();
        foreach (var (name, value) in Callback ?? new Dictionary<string, CallbackValue>())
        {
            var known = parameters.TryGetValue(value.Parameter, out var given)
                ? value.Values.Where(v => v.Key == given).Select(v => v.Value)
                : value.Values.Select(v => v.Value).Where(v => v == Json.Text(settings, name)).Append(value.Values[0].Value);
            if (known.FirstOrDefault() is not { } found) return null;
            named[name] = found;
        }

        return named;
    }

    /// <summary>
    /// The definition with these values in its addresses. A setting cannot change the host around it, and a kept value is one of the
    /// definition's list.
    /// </summary>
    public OAuthDefinition With(IReadOnlyDictionary<string, string> used)
    {
        return used.Count == 0 ? this : this with
        {
            AuthorizeUrl = Filled(AuthorizeUrl),
            TokenUrl = Filled(TokenUrl),
            RevokeUrl = RevokeUrl is null ? null : Filled(RevokeUrl),
            Issuer = Issuer is null ? null : Filled(Issuer)
        };

        string Filled(string address) => KeptPlaces().Replace(
            SettingPlaces().Replace(address, place => used.TryGetValue(place.Groups[1].Value, out var value) ? Uri.EscapeDataString(value) : place.Value),
            place => used.TryGetValue(place.Groups[1].Value, out var value) && Lists(place.Groups[1].Value, value) ? value : place.Value);
    }

    private bool Lists(string name, string value) => Callback?.TryGetValue(name, out var known) == true && known.Values.Any(v => v.Value == value);

    [GeneratedRegex(@"\{(settings\.\w+)\}")]
    private static partial Regex SettingPlaces();

    [GeneratedRegex(@"\{kept\.(\w+)\}")]
    private static partial Regex KeptPlaces();

    /// <summary>Whether the error is one of the standard or of this provider, so that its code is no free text.</summary>
    public bool Knows(string error) => Standard.ContainsKey(error) || Failures?.ContainsKey(error) == true;

    /// <summary>The meaning of a token endpoint error. An unknown error does not end the grant.</summary>
    public FailureKind Meaning(string error) =>
        Failures?.TryGetValue(error, out var special) == true ? special : Standard.GetValueOrDefault(error, FailureKind.Unavailable);
}
