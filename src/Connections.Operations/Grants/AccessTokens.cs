using Connections.Connectors;
using Connections.Credentials;
using Connections.Domain;

namespace Connections.Operations;

/// <summary>Hands connectors what they sign in with: nothing for credentials that were typed, tokens that are kept fresh for a sign-in.</summary>
public sealed class AccessTokens(ConnectorCatalogue catalogue, TokenKeeper keeper)
{
    /// <param name="entry">Where the tokens of the sign-in lie.</param>
    /// <param name="byPerson">A grant that was refused is tried once more.</param>
    public IAccessTokens? For(string workspace, Guid connection, string connector, int credentialVersion, string entry, bool byPerson = false) =>
        catalogue.Find(connector)?.Entry.OAuth is null
            ? null
            : new Kept(keeper, new SignedIn(workspace, connection, connector, credentialVersion, entry), byPerson);

    private sealed class Kept(TokenKeeper keeper, SignedIn of, bool byPerson) : IAccessTokens
    {
        public async Task<AccessToken> Get(int? refused, CancellationToken ct)
        {
            var found = await keeper.Get(of, refused, byPerson, ct);
            return found.Grant is { } grant
                ? AccessToken.Of(found.Version, grant)
                : AccessToken.None(new ConnectorResult.Failed(found.Kind, found.Message, Delivered.No, Answered: true));
        }
    }
}
