using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Operations.Grants;

/// <summary>Refreshes tokens according to the connector's OAuth definition, with the operator's application.</summary>
public sealed class GrantProvider(
    ConnectorCatalogue catalogue, OAuthApplications applications, OAuthEndpoints endpoints, TimeProvider clock) : IGrantProvider
{
    public bool SingleUse(string connector) => catalogue.Find(connector)?.Entry.OAuth?.Rotation == Rotation.SingleUse;

    public async Task<bool?> Revoke(GrantReference reference, Grant grant, CancellationToken ct)
    {
        // Where a revocation ends the whole grant, other connections or workspaces may depend on it: do not revoke.
        if (catalogue.Find(reference.Connector)?.Entry.OAuth is not { Revoke: RevokeReach.Token, RevokeUrl: not null } definition)
            return null;
        if (applications.Find(reference.Connector, reference.Connection.Workspace) is not { } application) return false;
        var token = definition.RevokeWithBearer ? await AccessToken(reference, grant, ct) : grant.RefreshToken ?? grant.AccessToken;
        return token is not null && await endpoints.Revoke(definition.With(grant.Kept), application, token, ct);
    }

    // A token that signs the revocation has to be valid still.
    private async Task<string?> AccessToken(GrantReference reference, Grant grant, CancellationToken ct) =>
        grant.RefreshToken is null || TokenTimes.Usable(grant, clock.GetUtcNow()) ? grant.AccessToken
        : await Refresh(reference, grant, ct) is RefreshResult.Granted fresh ? fresh.Grant.AccessToken : null;

    public async Task<RefreshResult> Refresh(GrantReference reference, Grant grant, CancellationToken ct)
    {
        if (catalogue.Find(reference.Connector)?.Entry is not { OAuth: { } definition } entry)
            return new RefreshResult.Failed(
                FailureKind.Operator, $"There is no connector \"{reference.Connector}\" that uses sign-in.", Unsure: false);
        if (applications.Find(reference.Connector, reference.Connection.Workspace) is not { } application)
            return new RefreshResult.Failed(FailureKind.Operator, $"No OAuth application is configured for {entry.Name}.", Unsure: false);
        return await endpoints.Refresh(definition.With(grant.Kept), application, grant.RefreshToken!, entry.Granted(grant), ct) switch
        {
            TokenResponse.Granted granted => new RefreshResult.Granted(granted.Grant),
            TokenResponse.Failed failed => new RefreshResult.Failed(
                failed.Kind, failed.Message, failed.Processed != Delivered.No, failed.RetryAfter)
            { OwnWords = failed.OwnWords },
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not a known token response.")
        };
    }
}
