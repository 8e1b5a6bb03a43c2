using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Hosts.Tests.Crashes;

/// <summary>A connector whose calling process may crash. The provider survives.</summary>
internal sealed class CrashingConnector(IConnector inner, CrashCounter life) : IConnector
{
    public CatalogueEntry Entry => inner.Entry;

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        inner.IdentitiesAsTyped(settings, credentials);

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => inner.AccountAsTyped(settings, credentials);

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => inner.Repeatable(activity, input, settings);

    public Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) =>
        life.Around("a try at the provider", () => inner.Probe(use, ct));

    public Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct) =>
        life.Around("a call to the provider", () => inner.Run(use, activity, input, ct));
}
