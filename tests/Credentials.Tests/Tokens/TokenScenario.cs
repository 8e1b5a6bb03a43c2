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

/// <summary>One connection whose tokens several processes need; log and vault are theirs in common.</summary>
internal sealed class TokenScenario : IGrantProvider
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);
    public static readonly GrantReference Signed = new("default", new Guid("11111111-1111-4111-8111-111111111111"), "mail", 1, "v1-a");

    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;
    private static readonly EventMetadata Test = new("default", "test");

    private int given;

    public TokenScenario()
    {
        Log = new InMemoryEventLog(Clock);
        Tokens = new TokenStreams(Log);
        Connections = new ConnectionStreams(Log);
        Answer = _ => Task.FromResult<RefreshResult>(new RefreshResult.Granted(Fresh()));
    }

    public FakeTimeProvider Clock { get; } = new();

    public InMemoryEventLog Log { get; }

    public TokenStreams Tokens { get; }

    public ConnectionStreams Connections { get; }

    public MemoryVault Vault { get; } = new();

    /// <summary>The refresh tokens that the provider was sent.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public bool ProviderIsSingleUse { get; set; } = true;

    public Func<Grant, Task<RefreshResult>> Answer { get; set; }

    public static async Task<TokenScenario> Make()
    {
        var room = new TokenScenario();
        await room.Vault.Put(Signed.Workspace, Signed.Connection, Signed.Entry, room.Fresh().Kept, default);
        var created = new ConnectionCreated("mail", "My mail", Nothing, Nothing, Signed.Entry, new Account("7", "ada", "sub"), ["f-7"], "ok");
        await room.Connections.Handle(ConnectionStream, new CreateConnection(created), Test, default);
        return room;
    }

    public static string ConnectionStream => ConnectionDecider.Stream(Signed.Workspace, Signed.Connection);

    public static string TokenStream => TokenDecider.Stream(Signed.Workspace, Signed.Connection);

    /// <summary>What a process has of its own.</summary>
    public TokenProvider Process()
    {
        var owner = new RefreshOwner(Tokens, Connections, Vault, this, Clock, NullLogger<RefreshOwner>.Instance);
        return new TokenProvider(new TokenRefresh(Tokens, Vault, this, owner, Clock, NullLogger<TokenRefresh>.Instance), Clock);
    }

    public Grant Fresh(bool withRefresh = true)
    {
        var number = Interlocked.Increment(ref given);
        return Grant.Create($"access-{number}", withRefresh ? $"refresh-{number}" : null, Clock.GetUtcNow() + Life, Life, null);
    }

    public Task Send(TokenCommand command) => Tokens.Handle(TokenStream, command, Test, default);

    public Task Send(ConnectionCommand command) => Connections.Handle(ConnectionStream, command, Test, default);

    public async Task<ConnectionState> Connection() => (await Connections.Load(ConnectionStream, default)).State;

    public async Task<TokenState> State() => (await Tokens.Load(TokenStream, default)).State;

    public void TokenEnds() => Clock.Advance(Life);

    /// <summary>Lets time pass until it is done.</summary>
    public async Task<TokenResult> Passing(Task<TokenResult> work)
    {
        await Until.Holds(
            () =>
            {
                if (!work.IsCompleted) Clock.Advance(TimeSpan.FromSeconds(5));
                return work.IsCompleted;
            },
            "a token was found, or none");
        return await work;
    }

    public bool SingleUse(string connector) => ProviderIsSingleUse;

    /// <summary>What revoking comes to; null: not supported.</summary>
    public bool? Revokes { get; set; } = true;

    public ConcurrentQueue<string> Revoked { get; } = new();

    public Task<bool?> Revoke(GrantReference of, Grant grant, CancellationToken ct)
    {
        Revoked.Enqueue(grant.RefreshToken!);
        return Task.FromResult(Revokes);
    }

    public Task<RefreshResult> Refresh(GrantReference of, Grant grant, CancellationToken ct)
    {
        Sent.Enqueue(grant.RefreshToken!);
        return Answer(grant);
    }
}

internal sealed class MemoryVault : IVault
{
    private readonly ConcurrentDictionary<string, Secret> kept = new();

    public Task Put(string workspace, Guid connection, string entry, Secret secret, CancellationToken ct)
    {
        kept.TryAdd(entry, secret);
        return Task.CompletedTask;
    }

    public Task<Secret?> Get(string workspace, Guid connection, string entry, CancellationToken ct) => Task.FromResult(kept.GetValueOrDefault(entry));

    public Task Destroy(string workspace, Guid connection, CancellationToken ct)
    {
        kept.Clear();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<VaultEntry>> PutBefore(DateTimeOffset before, VaultEntry? after, int limit, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task Remove(VaultEntry entry, CancellationToken ct) => throw new NotSupportedException();
}
