namespace Connections.Connectors.OAuth;

/// <summary>Where the values are in a token endpoint's answer: names of members, with dots between levels (<c>authed_user.access_token</c>).</summary>
/// <param name="Keep">Values that later requests need, by the name under which they are stored with the tokens.</param>
public sealed record OAuthAnswer(
    string Token = "access_token",
    string RefreshToken = "refresh_token",
    string Lifetime = "expires_in",
    string Scope = "scope",
    string Error = "error",
    string Description = "error_description",
    IReadOnlyDictionary<string, string>? Keep = null)
{
    public static readonly OAuthAnswer Standard = new();
}
