using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Messages;

namespace Connections.Operations.Grants;

/// <summary>Refreshes tokens before they expire, so that an unused sign-in does not end.</summary>
public sealed class RenewGrants(ConnectionStreams connections, TokenProvider tokens)
{
    /// <summary>Null when the tokens were refreshed, now or before, or when there is nothing left to refresh.</summary>
    public async Task<FailureKind?> Renew(RenewGrant wanted, CancellationToken ct)
    {
        var (workspace, id, credentialVersion, tokenVersion) = wanted;
        var connection = new ConnectionId(workspace, id);
        var now = (await connections.Load(connection, ct)).State;
        var usable = now.Status is ConnectionStatus.Connected or ConnectionStatus.Unreachable;
        if (!usable || now.CredentialVersion != credentialVersion) return null;
        var reference = new GrantReference(connection, now.Creation!.Connector, credentialVersion, now.Live!.VaultEntry);
        var found = await tokens.Get(reference, refused: tokenVersion, again: false, ct);
        return found.Grant is null ? found.Kind : null;
    }
}
