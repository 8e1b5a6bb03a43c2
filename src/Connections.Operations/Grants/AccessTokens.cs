using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Credentials.Tokens;
using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Operations.Grants;

/// <summary>Gives connectors fresh access tokens for connections by sign-in; null for typed credentials.</summary>
public sealed class AccessTokens(ConnectorCatalogue catalogue, TokenProvider tokens, ILogger<AccessTokens> log)
{
    /// <param name="entry">The vault entry of the sign-in's tokens.</param>
    /// <param name="byPerson">A grant that the provider refused is tried once more.</param>
    public IAccessTokens? For(ConnectionId connection, string connector, int credentialVersion, string entry, JsonElement settings, bool byPerson = false) =>
        catalogue.Find(connector)?.Entry.SignsIn(settings) != true
            ? null
            : new RefreshingTokens(tokens, new GrantReference(connection, connector, credentialVersion, entry), byPerson, log);

    private sealed class RefreshingTokens(TokenProvider tokens, GrantReference reference, bool byPerson, ILogger log) : IAccessTokens
    {
        public async Task<AccessToken> Get(int? refused, CancellationToken ct)
        {
            var found = await Found(refused, ct);
            return found.Grant is { } grant
                ? AccessToken.From(found.Version, grant)
                : AccessToken.None(new ConnectorResult.Failed(found.Kind, found.Message, Delivered.No, found.RetryAfter, Answered: true)
                {
                    OwnWords = found.OwnWords
                });
        }

        // A timeout, or an unavailable log or vault, is no fault of the connector: nothing was sent, so the activity is retried.
        private async Task<TokenResult> Found(int? refused, CancellationToken ct)
        {
            try
            {
                return await tokens.Get(reference, refused, byPerson, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return TokenResult.None(
                    FailureKind.Timeout, "The access token was not refreshed in time. Nothing was sent to the provider.");
            }
            catch (Exception error)
            {
                log.LogWarning(
                    "Cannot read or refresh the tokens of connection {Connection}: {Error}", reference.Connection.Value, error.GetType().Name);
                return TokenResult.None(
                    FailureKind.Unavailable, "The tokens of this connection cannot be read or refreshed at the moment.");
            }
        }
    }
}
