using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Operations.Grants;

/// <summary>Refreshes tokens as the definition of their connector says, with the operator's application.</summary>
public sealed class GrantProvider(ConnectorCatalogue catalogue, OAuthApplications applications, OAuthEndpoints endpoints) : IGrantProvider
{
    public bool SingleUse(string connector) => catalogue.Find(connector)?.Entry.OAuth?.Rotation == Rotation.SingleUse;

    public async Task<bool?> Revoke(GrantReference of, Grant grant, CancellationToken ct)
    {
        // where revoking ends the whole grant, another connection or workspace may live on it
        if (catalogue.Find(of.Connector)?.Entry.OAuth is not { Revoke: RevokeReach.Token, RevokeUrl: not null } definition) return null;
        return applications.Find(of.Connector, of.Workspace) is { } application
            && await endpoints.Revoke(definition, application, grant.RefreshToken ?? grant.AccessToken, ct);
    }

    public async Task<RefreshResult> Refresh(GrantReference of, Grant grant, CancellationToken ct)
    {
        if (catalogue.Find(of.Connector)?.Entry is not { OAuth: { } definition } entry)
            return new RefreshResult.Failed(FailureKind.Operator, $"There is no connector \"{of.Connector}\" that one signs in to.", Unsure: false);
        if (applications.Find(of.Connector, of.Workspace) is not { } application)
            return new RefreshResult.Failed(FailureKind.Operator, $"No OAuth application is configured for {entry.Name}.", Unsure: false);
        return await endpoints.Refresh(definition, application, grant.RefreshToken!, entry.Granted(grant), ct) switch
        {
            TokenResponse.Granted granted => new RefreshResult.Granted(granted.Grant),
            TokenResponse.Failed failed => new RefreshResult.Failed(failed.Kind, failed.Message, failed.Processed != Delivered.No, failed.RetryAfter),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not an answer.")
        };
    }
}
