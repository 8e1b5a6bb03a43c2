using Connections.Domain;

namespace Worker.Tests;

/// <summary>Nothing is known of any provider.</summary>
internal sealed class NoLimits : IGrantLives
{
    public GrantLife Of(string connector) => new();
}
