using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Bench;

/// <summary>A connector that does nothing, so that a bench measures only the service.</summary>
internal sealed class Nothing : IConnector
{
    public const string Id = "nothing";

    private static readonly JsonElement Output = JsonDocument.Parse("""{"done": true}""").RootElement;

    public CatalogueEntry Entry { get; } = new(
        Id, "Nothing", "test", "", "apiKey", [],
        [new FormField("account", "Account", "string", true, false, ""), new FormField("key", "Key", "string", true, true, "")],
        [],
        [new ActivityDescription("do", "Do", "", JsonNode.Parse("""{"type": "object"}""")!, JsonNode.Parse("{}")!)],
        Concurrency: 64);

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [new AccountIdentity("typed", credentials.Field("account")!)];

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, credentials.Field("account")!, "typed");

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => true;

    public Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) => Task.FromResult(new ProbeResult(
        [], AccountAsTyped(use.Settings, use.Credentials), IdentitiesAsTyped(use.Settings, use.Credentials), null));

    public Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct) =>
        Task.FromResult<ConnectorResult>(new ConnectorResult.Done(Output));
}
