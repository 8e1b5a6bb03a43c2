using Connections.Domain.Token;

namespace Worker.Tests.Harness;

/// <summary>Grant lifetimes without any known limit.</summary>
internal sealed class NoLimits : IGrantLifetimes
{
    public GrantLifetime For(string connector) => new();
}
