using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.ReadModels.Connections;
using Connections.Worker.Jobs;
using Connections.Worker.Reactors;
using EventSourcing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Worker.Tests.Harness;

namespace Worker.Tests.Jobs;

public abstract class SecretsLeftContract : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new();
    private readonly InMemoryEventLog log;
    private readonly ListedVault vault;
    private readonly EventWriter story;
    private readonly RowStore store;
    private Rows rows = null!;

    protected SecretsLeftContract(RowStore store)
    {
        this.store = store;
        log = new InMemoryEventLog(clock);
        vault = new ListedVault(clock);
        story = new EventWriter(log, clock);
    }

    public async ValueTask InitializeAsync() => rows = await Rows.Create(store, log, new ConnectionsProjection());

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    [Fact]
    public async Task Secrets_left_by_deleted_connections_are_destroyed_and_a_failure_does_not_hold_up_the_others()
    {
        await story.Connected("Alive");
        var (first, second) = (await Deleted("First"), await Deleted("Second"));
        vault.Refuses.Add(first);
        await TryAgain();
        Assert.Equal([second], vault.Destroyed);

        vault.Refuses.Clear();
        await TryAgain();
        Assert.Equal([second, first], vault.Destroyed);

        await TryAgain();
        Assert.Equal(2, vault.Destroyed.Count);
        var last = (await log.Read(new ConnectionId(EventWriter.Workspace, first).Stream, default)).Events[^1];
        Assert.Equal("connection-secrets-destroyed", last.Type);
    }

    [Fact]
    public async Task Rows_that_lag_cause_no_duplicate_events()
    {
        var id = await Deleted("Shop");
        await rows.Follow();
        await Job().TryAgain(default);
        await Job().TryAgain(default);

        var events = (await log.Read(new ConnectionId(EventWriter.Workspace, id).Stream, default)).Events;
        Assert.Single(events, e => e.Type == "connection-secrets-destroyed");
    }

    private async Task<Guid> Deleted(string name)
    {
        var id = await story.Connected(name);
        await story.Connection(id, new ConnectionDeleted());
        return id;
    }

    private async Task TryAgain()
    {
        await rows.Follow();
        await Job().TryAgain(default);
    }

    private DestroySecretsLeft Job() => new(
        new ConnectionQueries(rows.Database),
        new SecretsDestruction(vault, new ConnectionStreams(log), new TokenClosing(new TokenStreams(log), vault, new FakeProvider(clock), clock)),
        NullLogger<DestroySecretsLeft>.Instance);
}
