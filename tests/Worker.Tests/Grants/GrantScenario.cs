using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Grants;
using Connections.Operations.Messages;
using Connections.ReadModels.Grants;
using Connections.Worker.Consumers;
using Connections.Worker.Jobs;
using Connections.Worker.Reactors;
using EventSourcing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TestServers;
using Worker.Tests.Harness;

namespace Worker.Tests.Grants;

/// <summary>Sign-ins, their jobs, and providers that expire them, with a controlled clock.</summary>
internal sealed class GrantScenario : IAsyncDisposable, IGrantLifetimes
{
    private readonly RecordedBus bus;
    private readonly WarnOfEndingGrants warn;
    private readonly KeepGrantsWarm warm;
    private readonly RenewGrantConsumer renew;
    private readonly MarkDeadGrants mark;
    private readonly TokenProvider tokenProvider;
    private readonly Lifetimes lives;
    private long marked;

    private GrantScenario(InMemoryEventLog log, FakeTimeProvider clock, Rows rows, Lifetimes lives)
    {
        (Log, Clock, Rows, this.lives) = (log, clock, rows, lives);
        Story = new EventWriter(log, clock);
        (Vault, Provider, Grants) = (new ListedVault(clock), new FakeProvider(clock), new GrantQueries(rows.Database));
        var (connections, tokens) = (new ConnectionStreams(log), new TokenStreams(log));
        var owner = new RefreshOwner(tokens, connections, Vault, Provider, clock, NullLogger<RefreshOwner>.Instance);
        tokenProvider = new TokenProvider(new TokenRefresh(tokens, Vault, Provider, owner, clock, NullLogger<TokenRefresh>.Instance), clock);
        (var published, bus) = RecordedBus.Make();
        warn = new WarnOfEndingGrants(Grants, new GrantWarnings(log, connections, this, clock), clock, NullLogger<WarnOfEndingGrants>.Instance);
        warm = new KeepGrantsWarm(Grants, published, clock);
        renew = new RenewGrantConsumer(new RenewGrants(connections, tokenProvider), NullLogger<RenewGrantConsumer>.Instance);
        mark = new MarkDeadGrants(connections);
    }

    public InMemoryEventLog Log { get; }

    public FakeTimeProvider Clock { get; }

    public Rows Rows { get; }

    public EventWriter Story { get; }

    public ListedVault Vault { get; }

    public FakeProvider Provider { get; }

    public GrantQueries Grants { get; }

    public static async Task<GrantScenario> Open(RowStore store)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T12:00:00Z", null));
        var log = new InMemoryEventLog(clock);
        var lives = new Lifetimes();
        return new GrantScenario(log, clock, await Rows.Create(store, log, new GrantsProjection(lives)), lives);
    }

    /// <summary>The limits that the definition and the provider share.</summary>
    public void Limit(string connector, GrantLifetime life) => lives.Known[connector] = Provider.Limits[connector] = life;

    public GrantLifetime For(string connector) => lives.For(connector);

    public async Task<Guid> SignedIn(string name, string connector)
    {
        var id = await Story.SignedIn(name, connector);
        await Vault.Put(new ConnectionId(EventWriter.Workspace, id), "v1", Provider.SignIn(id).Stored, default);
        return id;
    }

    /// <summary>Uses the token, as an activity does.</summary>
    public Task<TokenResult> Use(Guid id, string connector) => tokenProvider.Get(new(new ConnectionId(EventWriter.Workspace, id), connector, 1, "v1"), null, false, default);

    /// <summary>Fires the hourly job twice, and runs the reactor.</summary>
    public async Task Hour()
    {
        await Rows.Follow();
        await warn.Warn(default);
        await warn.Warn(default);
        await React();
    }

    public Task Warn() => warn.Warn(default);

    /// <summary>Fires the daily job twice, and runs the renewals it requests.</summary>
    public async Task Day()
    {
        await Rows.Follow();
        await warm.SendRenewals(default);
        await warm.SendRenewals(default);
        foreach (var message in bus.Take<RenewGrant>()) await renew.Consume(Delivery.Create(message));
    }

    public async Task React()
    {
        await foreach (var batch in Log.Subscribe(mark.Prefixes, marked, default))
        {
            await mark.React(batch.Events, default);
            marked = batch.Position;
            if (batch.CaughtUp) break;
        }
    }

    public async Task<IReadOnlyList<(RecordedEvent Recorded, ConnectionEvent Event)>> History(Guid id) =>
        [.. (await Log.Read(new ConnectionId(EventWriter.Workspace, id).Stream, default)).Events
            .Select(e => (e, (ConnectionEvent)ConnectionDecider.Names.Read(e)))];

    public ValueTask DisposeAsync() => Rows.DisposeAsync();

    private sealed class Lifetimes : IGrantLifetimes
    {
        private static readonly GrantLifetime Unknown = new();

        public Dictionary<string, GrantLifetime> Known { get; } = [];

        public GrantLifetime For(string connector) => Known.GetValueOrDefault(connector, Unknown);
    }
}
