using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Worker.Tests.Harness;

/// <summary>A provider with scripted responses.</summary>
internal sealed class ProbedConnector : IConnector
{
    public const string Id = "scripted";
    public const int Limit = 10;

    public Func<ConnectionUse, ConnectorResult.Failed?> Answer { get; set; } = _ => null;

    public CatalogueEntry Entry { get; } = new(Id, "Scripted", "test", "", "none", [], [], [], [], Concurrency: Limit);

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, "somebody", "typed");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) => [];

    public Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) => Task.FromResult(
        Answer(use) is { } failure
            ? new ProbeResult([], null, [], failure)
            : new ProbeResult([], new Account(null, "somebody", "typed"), [], null));

    public Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct) =>
        throw new NotSupportedException();

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => false;
}
