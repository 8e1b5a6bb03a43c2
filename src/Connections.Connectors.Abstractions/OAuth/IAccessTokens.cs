using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Connectors.OAuth;

/// <summary>Gives a connector the access token of its connection, renewed before it ends.</summary>
public interface IAccessTokens
{
    /// <param name="refused">
    /// The version that the provider refused although it had not ended: a newer one is given, or that one is renewed, once. Null: none was.
    /// </param>
    Task<AccessToken> Get(int? refused, CancellationToken ct);
}

/// <summary>A token that can be sent now; or why there is none.</summary>
/// <param name="Version">Counts refreshes within the credential version; 0 is the token of the sign-in.</param>
/// <param name="Token">Holds the field <c>token</c>.</param>
public sealed record AccessToken(int Version, Secret Token, ConnectorResult.Failed? Failure = null)
{
    public static AccessToken None(ConnectorResult.Failed failure) => new(0, Secret.None, failure);

    public static AccessToken From(int version, Grant grant) =>
        new(version, Secret.From(System.Text.Json.JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["token"] = grant.AccessToken })));
}

/// <summary>The token of a sign-in that is not kept yet: it is what it is.</summary>
public sealed class FreshTokens(Grant grant) : IAccessTokens
{
    public Task<AccessToken> Get(int? refused, CancellationToken ct) => Task.FromResult(refused is null
        ? AccessToken.From(0, grant)
        : AccessToken.None(new ConnectorResult.Failed(
            FailureKind.ReauthRequired, "The provider does not take the token that it has just given.", Delivered.No, Answered: true)));
}
