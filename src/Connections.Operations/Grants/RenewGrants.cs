using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;

namespace Connections.Operations.Grants;

/// <summary>Renews tokens that have not ended, because a sign-in that nobody uses would.</summary>
public sealed class RenewGrants(ConnectionStreams connections, TokenProvider tokens)
{
    /// <summary>Null: it was renewed, by this or before, or there is nothing to renew any more.</summary>
    public async Task<FailureKind?> Renew(RenewGrant wanted, CancellationToken ct)
    {
        var (workspace, id, credentialVersion, tokenVersion) = wanted;
        var now = (await connections.Load(ConnectionDecider.Stream(workspace, id), ct)).State;
        var usable = now.Status is ConnectionStatus.Connected or ConnectionStatus.Unreachable;
        if (!usable || now.CredentialVersion != credentialVersion) return null;
        var of = new GrantReference(workspace, id, now.Creation!.Connector, credentialVersion, now.Live!.VaultEntry);
        var found = await tokens.Get(of, refused: tokenVersion, again: false, ct);
        return found.Grant is null ? found.Kind : null;
    }
}
