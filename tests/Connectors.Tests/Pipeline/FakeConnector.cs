using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Connectors.Tests.Pipeline;

public sealed class FakeConnector : IConnector
{
    private int calls;

    public Func<int, CancellationToken, Task<ConnectorResult>> Answer { get; set; } = (_, _) => Task.FromResult<ConnectorResult>(Done("{}"));

    public int Calls => Volatile.Read(ref calls);

    /// <summary>The timeout of each call.</summary>
    public List<TimeSpan?> Timeouts { get; } = [];

    public bool IsRepeatable { get; set; }

    public CatalogueEntry Entry { get; } = new(
        "fake", "Fake", "test", "", "none", [], [], [],
        [new ActivityDescription("act", "Act", "", JsonNode.Parse("{}")!, JsonNode.Parse("{}")!)], Concurrency: 2);

    public string? Target(JsonElement settings) => "fake://host:1";

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, "fake", "address");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) => [];

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => IsRepeatable;

    public Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        lock (Timeouts) Timeouts.Add(use.Timeout);
        return Answer(Interlocked.Increment(ref calls), ct);
    }

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) =>
        await Answer(Interlocked.Increment(ref calls), ct) is ConnectorResult.Failed failed
            ? new ProbeResult([], null, [], failed)
            : new ProbeResult([], new Account(null, "fake", "address"), [], null);

    public static ConnectorResult.Done Done(string json) => new(JsonSerializer.Deserialize<JsonElement>(json));
}
