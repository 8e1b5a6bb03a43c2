using Connections.Connectors;
using Connections.Credentials;
using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Operations;

/// <summary>Hands connectors what they sign in with: nothing for credentials that were typed, tokens that are kept fresh for a sign-in.</summary>
public sealed class AccessTokens(ConnectorCatalogue catalogue, TokenKeeper keeper, ILogger<AccessTokens> log)
{
    /// <param name="entry">Where the tokens of the sign-in lie.</param>
    /// <param name="byPerson">A grant that was refused is tried once more.</param>
    public IAccessTokens? For(string workspace, Guid connection, string connector, int credentialVersion, string entry, bool byPerson = false) =>
        catalogue.Find(connector)?.Entry.OAuth is null
            ? null
            : new Kept(keeper, new SignedIn(workspace, connection, connector, credentialVersion, entry), byPerson, log);

    private sealed class Kept(TokenKeeper keeper, SignedIn of, bool byPerson, ILogger log) : IAccessTokens
    {
        public async Task<AccessToken> Get(int? refused, CancellationToken ct)
        {
            var found = await Found(refused, ct);
            return found.Grant is { } grant
                ? AccessToken.Of(found.Version, grant)
                : AccessToken.None(new ConnectorResult.Failed(found.Kind, found.Message, Delivered.No, found.RetryAfter, Answered: true));
        }

        // the time is over, or the log or the vault is away, and not the connector at fault: nothing was sent, and what waits is tried again
        private async Task<TokenFound> Found(int? refused, CancellationToken ct)
        {
            try
            {
                return await keeper.Get(of, refused, byPerson, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return TokenFound.None(FailureKind.Timeout, "The tokens of this connection were not renewed in time; nothing was sent.");
            }
            catch (Exception away)
            {
                log.LogWarning("Tokens of connection {Connection} cannot be had now: {Error}", of.Connection, away.GetType().Name);
                return TokenFound.None(FailureKind.Unavailable, "The tokens of this connection cannot be read or renewed at the moment.");
            }
        }
    }
}
