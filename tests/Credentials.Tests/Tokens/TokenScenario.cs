using System.Collections.Concurrent;
using System.Text.Json;
using Connections.Credentials.Tokens;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Credentials.Tests.Tokens;

/// <summary>One connection whose tokens several processes need. The processes share log and vault.</summary>
internal sealed class TokenScenario : IGrantProvider
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);
    public static readonly GrantReference Signed = new(
        new ConnectionId("default", new Guid("11111111-1111-4111-8111-111111111111")), "mail", 1, "v1-a");

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;
    private static readonly EventMetadata Test = new("default", "test");

    private int issued;

    public TokenScenario()
    {
        Log = new InMemoryEventLog(Clock);
        Tokens = new TokenStreams(Log);
        Connections = new ConnectionStreams(Log);
        Respond = _ => Task.FromResult<RefreshResult>(new RefreshResult.Granted(Fresh()));
    }

    public FakeTimeProvider Clock { get; } = new();

    public InMemoryEventLog Log { get; }

    public TokenStreams Tokens { get; }

    public ConnectionStreams Connections { get; }

    public MemoryVault Vault { get; } = new();

    /// <summary>The refresh tokens that the provider received.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public bool ProviderIsSingleUse { get; set; } = true;

    public Func<Grant, Task<RefreshResult>> Respond { get; set; }

    public static async Task<TokenScenario> Create()
    {
        var scenario = new TokenScenario();
        await scenario.Vault.Put(Signed.Connection, Signed.Entry, scenario.Fresh().Stored, default);
        var created = new ConnectionCreated("mail", "My mail", Empty, Empty, Signed.Entry, new Account("7", "ada", "sub"), ["f-7"], "ok");
        await scenario.Connections.Handle(Signed.Connection, new CreateConnection(created), Test, default);
        return scenario;
    }

    /// <summary>Creates what each process has of its own.</summary>
    public TokenProvider Process()
    {
        var owner = new RefreshOwner(Tokens, Connections, Vault, this, Clock, NullLogger<RefreshOwner>.Instance);
        return new TokenProvider(new TokenRefresh(Tokens, Vault, this, owner, Clock, NullLogger<TokenRefresh>.Instance), Clock);
    }

    public Grant Fresh(bool withRefresh = true)
    {
        var number = Interlocked.Increment(ref issued);
        return Grant.Create($"access-{number}", withRefresh ? $"refresh-{number}" : null, Clock.GetUtcNow() + Life, Life, null);
    }

    public Task Send(TokenCommand command) => Tokens.Handle(Signed.Connection.Token, command, Test, default);

    public Task Send(ConnectionCommand command) => Connections.Handle(Signed.Connection, command, Test, default);

    public async Task<ConnectionState> Connection() => (await Connections.Load(Signed.Connection, default)).State;

    public async Task<TokenState> State() => (await Tokens.Load(Signed.Connection.Token, default)).State;

    public void TokenEnds() => Clock.Advance(Life);

    /// <summary>Advances the clock until the work is done.</summary>
    public async Task<TokenResult> Passing(Task<TokenResult> work)
    {
        await Until.Holds(
            () =>
            {
                if (!work.IsCompleted) Clock.Advance(TimeSpan.FromSeconds(5));
                return work.IsCompleted;
            },
            "the search for a token has ended");
        return await work;
    }

    public bool SingleUse(string connector) => ProviderIsSingleUse;

    /// <summary>The result of a revocation; null: not supported.</summary>
    public bool? Revokes { get; set; } = true;

    public ConcurrentQueue<string> Revoked { get; } = new();

    public Task<bool?> Revoke(GrantReference reference, Grant grant, CancellationToken ct)
    {
        Revoked.Enqueue(grant.RefreshToken!);
        return Task.FromResult(Revokes);
    }

    public Task<RefreshResult> Refresh(GrantReference reference, Grant grant, CancellationToken ct)
    {
        Sent.Enqueue(grant.RefreshToken!);
        return Respond(grant);
    }
}

internal sealed class MemoryVault : IVault
{
    private readonly ConcurrentDictionary<string, Secret> entries = new();

    public Task Put(ConnectionId connection, string entry, Secret secret, CancellationToken ct)
    {
        entries.TryAdd(entry, secret);
        return Task.CompletedTask;
    }

    public Task<Secret?> Get(ConnectionId connection, string entry, CancellationToken ct) =>
        Task.FromResult(entries.GetValueOrDefault(entry));

    public Task Destroy(ConnectionId connection, CancellationToken ct)
    {
        entries.Clear();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<VaultEntry>> PutBefore(DateTimeOffset before, VaultEntry? after, int limit, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task Remove(VaultEntry entry, CancellationToken ct) => throw new NotSupportedException();

    public Task Remove(ConnectionId connection, string entry, CancellationToken ct) => throw new NotSupportedException();
}
