using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Credentials.Tokens;
using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Operations.Grants;

/// <summary>Hands connectors what they sign in with: nothing for credentials that were typed, tokens that are kept fresh for a sign-in.</summary>
public sealed class AccessTokens(ConnectorCatalogue catalogue, TokenProvider tokens, ILogger<AccessTokens> log)
{
    /// <param name="entry">Where the tokens of the sign-in lie.</param>
    /// <param name="byPerson">A grant that was refused is tried once more.</param>
    public IAccessTokens? For(string workspace, Guid connection, string connector, int credentialVersion, string entry, bool byPerson = false) =>
        catalogue.Find(connector)?.Entry.OAuth is null
            ? null
            : new Kept(tokens, new GrantReference(workspace, connection, connector, credentialVersion, entry), byPerson, log);

    private sealed class Kept(TokenProvider tokens, GrantReference of, bool byPerson, ILogger log) : IAccessTokens
    {
        public async Task<AccessToken> Get(int? refused, CancellationToken ct)
        {
            var found = await Found(refused, ct);
            return found.Grant is { } grant
                ? AccessToken.From(found.Version, grant)
                : AccessToken.None(new ConnectorResult.Failed(found.Kind, found.Message, Delivered.No, found.RetryAfter, Answered: true));
        }

        // the time is over, or the log or the vault is away, and not the connector at fault: nothing was sent, and what waits is tried again
        private async Task<TokenResult> Found(int? refused, CancellationToken ct)
        {
            try
            {
                return await tokens.Get(of, refused, byPerson, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return TokenResult.None(FailureKind.Timeout, "The tokens of this connection were not renewed in time; nothing was sent.");
            }
            catch (Exception away)
            {
                log.LogWarning("Tokens of connection {Connection} cannot be had now: {Error}", of.Connection, away.GetType().Name);
                return TokenResult.None(FailureKind.Unavailable, "The tokens of this connection cannot be read or renewed at the moment.");
            }
        }
    }
}
