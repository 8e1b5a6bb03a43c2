using Microsoft.Extensions.Configuration;

namespace Connections.Connectors.Definitions;

/// <summary>Addresses that the operator set instead of a definition's servers: <c>Connectors:twilio:Servers:api</c>.</summary>
public sealed class ReplacedServers(IConfiguration configuration)
{
    /// <summary>The addresses of a connector by the name of the server.</summary>
    public IReadOnlyDictionary<string, string> For(string connector) => configuration.GetSection($"Connectors:{connector}:Servers").GetChildren()
        .Where(server => server.Value is { Length: > 0 }).ToDictionary(server => server.Key, server => server.Value!, StringComparer.OrdinalIgnoreCase);
}
