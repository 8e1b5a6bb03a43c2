using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Connectors.OAuth;

/// <summary>Provides the access token of a connection, refreshed before it expires.</summary>
public interface IAccessTokens
{
    /// <param name="refused">
    /// The token version that the provider rejected although it had not expired. The caller gets a newer version, or that one is refreshed
    /// once. Null: no token was rejected.
    /// </param>
    Task<AccessToken> Get(int? refused, CancellationToken ct);
}

/// <summary>A valid access token, or the failure.</summary>
/// <param name="Version">The number of refreshes within the credential version; 0 is the token of the sign-in.</param>
/// <param name="Token">A secret with the field <c>token</c>.</param>
public sealed record AccessToken(int Version, Secret Token, ConnectorResult.Failed? Failure = null)
{
    /// <summary>Values of the sign-in that requests need. They may be secret.</summary>
    public IReadOnlyDictionary<string, string> Kept { get; init; } = new Dictionary<string, string>();

    public static AccessToken None(ConnectorResult.Failed failure) => new(0, Secret.None, failure);

    public static AccessToken From(int version, Grant grant) =>
        new(version, Secret.From(System.Text.Json.JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["token"] = grant.AccessToken })))
        {
            Kept = grant.Kept
        };
}

/// <summary>The token of a sign-in that is not stored yet. It cannot be refreshed.</summary>
public sealed class FreshTokens(Grant grant) : IAccessTokens
{
    public Task<AccessToken> Get(int? refused, CancellationToken ct) => Task.FromResult(refused is null
        ? AccessToken.From(0, grant)
        : AccessToken.None(new ConnectorResult.Failed(
            FailureKind.ReauthRequired, "The provider rejects the token that it has just issued.", Delivered.No, Answered: true)));
}
