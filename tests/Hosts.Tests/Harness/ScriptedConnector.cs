using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Hosts.Tests.Harness;

/// <summary>
/// A provider controlled by the test. <c>read</c> is repeatable, <c>write</c> is not. The key of a connection is its account.
/// </summary>
public sealed class ScriptedConnector : IConnector
{
    public const string Id = "scripted";

    private const string Schema =
        """{"type": "object", "additionalProperties": false, "properties": {"value": {"type": "string"}}}""";

    /// <summary>The activities of the calls, in order.</summary>
    public ConcurrentQueue<Guid?> Activities { get; } = new();

    /// <summary>The values of the calls, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public Func<string, Task<ConnectorResult>> Answer { get; set; } = value => Task.FromResult(Done(value));

    /// <summary>Answers instead of <see cref="Answer"/>, with the stage of the activity.</summary>
    public Func<ConnectionUse, CancellationToken, Task<ConnectorResult>>? Job { get; set; }

    public ConnectorResult.Failed? ProbeFailure { get; set; }

    /// <summary>Runs during a call.</summary>
    public Func<Task> Probing { get; set; } = () => Task.CompletedTask;

    public CatalogueEntry Entry { get; } = new(
        Id, "Scripted", "test", "", "apiKey", [],
        [new FormField("account", "Account", "string", true, false, ""), new FormField("key", "Key", "string", true, true, "")],
        [],
        [.. new[] { "read", "write" }.Select(a => new ActivityDescription(a, a, "", JsonNode.Parse(Schema)!, JsonNode.Parse("{}")!))],
        Concurrency: 2,
        Version: "version-7");

    public static ConnectorResult Done(string value) => new ConnectorResult.Done(JsonSerializer.SerializeToElement(new { value }));

    public static Task<ConnectorResult> Fails(FailureKind kind, Delivered delivered, TimeSpan? retryAfter = null) =>
        Task.FromResult<ConnectorResult>(new ConnectorResult.Failed(kind, $"The script says {kind}.", delivered, retryAfter, Answered: true));

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [new AccountIdentity("typed", credentials.Field("account")!)];

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, credentials.Field("account")!, "typed");

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => activity == "read";

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        await Probing();
        return ProbeFailure is { } failure
            ? new ProbeResult([], null, [], failure)
            : new ProbeResult(
                [], new Account(null, use.Credentials.Field("account")!, "typed"), IdentitiesAsTyped(use.Settings, use.Credentials), null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var value = input.TryGetProperty("value", out var given) ? given.GetString()! : "";
        Calls.Enqueue(value);
        Activities.Enqueue(use.Activity);
        try
        {
            return Job is { } job ? await job(use, ct) : await Answer(value).WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return new ConnectorResult.Failed(FailureKind.Timeout, "The call was broken off.", Delivered.Maybe);
        }
    }
}
