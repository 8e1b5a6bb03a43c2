using Connections.Connectors.Catalogue;
using Connections.Domain.Token;

namespace Connections.Operations.Grants;

/// <summary>Lifetimes from the connectors' OAuth definitions.</summary>
public sealed class GrantLifetimes(ConnectorCatalogue catalogue) : IGrantLifetimes
{
    private static readonly GrantLifetime Unknown = new();

    public GrantLifetime For(string connector) =>
        catalogue.Find(connector)?.Entry.OAuth is { } oauth ? new GrantLifetime(oauth.IdleLimit, oauth.AbsoluteLimit) : Unknown;
}
