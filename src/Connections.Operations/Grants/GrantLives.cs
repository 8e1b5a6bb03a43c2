using Connections.Connectors;
using Connections.Domain;

namespace Connections.Operations;

/// <summary>As the definitions of the connectors say.</summary>
public sealed class GrantLives(ConnectorCatalogue catalogue) : IGrantLives
{
    private static readonly GrantLife Unknown = new();

    public GrantLife Of(string connector) =>
        catalogue.Find(connector)?.Entry.OAuth is { } oauth ? new GrantLife(oauth.IdleLimit, oauth.AbsoluteLimit) : Unknown;
}
