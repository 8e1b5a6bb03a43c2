using Connections.Domain.Token;

namespace Worker.Tests.Harness;

/// <summary>Nothing is known of any provider.</summary>
internal sealed class NoLimits : IGrantLifetimes
{
    public GrantLifetime For(string connector) => new();
}
