using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Credentials.Sealing;
using Connections.Credentials.Vault;
using Connections.Domain;

namespace Operations.Tests;

/// <summary>A connector that accepts all credentials; the typed text lists the accounts, separated by commas.</summary>
internal sealed class OpenConnector : IConnector
{
    public const string Id = "open";

    private readonly CatalogueEntry form = new(
        Id,
        "Open",
        "test",
        "Accepts all credentials.",
        "none",
        [new FormField("accounts", "Accounts", "string", Required: true, Secret: false, "With commas.")],
        [],
        [],
        []);

    /// <summary>Further identities that the provider reports.</summary>
    public string[] Reported { get; set; } = [];

    /// <summary>The account as the provider names it.</summary>
    public Account Reports { get; set; } = new(null, "somebody", "typed");

    /// <summary>The failure of every probe; null: probes succeed.</summary>
    public ConnectorResult.Failed? Failure { get; set; }

    /// <summary>The version of the definition; null as for a connector in code.</summary>
    public string? Version { get; set; }

    public CatalogueEntry Entry => form with { Version = Version };

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [.. settings.GetProperty("accounts").GetString()!.Split(',').Select(account => new AccountIdentity("typed", account))];

    public Account AccountAsTyped(JsonElement settings, Secret credentials) =>
        new(null, IdentitiesAsTyped(settings, credentials)[0].Value, "typed");

    public Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) => Task.FromResult(Failure is null
        ? new ProbeResult(
            [],
            Reports,
            [.. IdentitiesAsTyped(use.Settings, use.Credentials), .. Reported.Select(identity => new AccountIdentity("typed", identity))],
            null)
        : new ProbeResult([], null, [], Failure));

    public Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct) =>
        throw new NotSupportedException();

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => false;
}

internal sealed class OpenVault : IVault
{
    private readonly ConcurrentDictionary<(ConnectionId Connection, string Entry), Secret> entries = new();
    private readonly ConcurrentDictionary<ConnectionId, bool> destroyed = new();

    public Task Put(ConnectionId connection, string entry, Secret secret, CancellationToken ct)
    {
        if (destroyed.ContainsKey(connection)) throw new VaultDestroyedException(connection.Value);
        entries.TryAdd((connection, entry), secret);
        return Task.CompletedTask;
    }

    public Task<Secret?> Get(ConnectionId connection, string entry, CancellationToken ct) =>
        Task.FromResult(entries.GetValueOrDefault((connection, entry)));

    public Task Destroy(ConnectionId connection, CancellationToken ct)
    {
        destroyed[connection] = true;
        foreach (var key in entries.Keys.Where(k => k.Connection == connection)) entries.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<VaultEntry>> PutBefore(DateTimeOffset before, VaultEntry? after, int limit, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task Remove(VaultEntry entry, CancellationToken ct) => throw new NotSupportedException();

    public Task Remove(ConnectionId connection, string entry, CancellationToken ct) => throw new NotSupportedException();
}

internal sealed class PlainHash : IKeyedHash
{
    public Task<string> Hash(string workspace, string purpose, ReadOnlyMemory<byte> value, CancellationToken ct) => Task.FromResult(
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{workspace}\n{purpose}\n"), .. value.Span])));
}
