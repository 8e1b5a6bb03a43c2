using Connections.Domain;
using Connections.Operations.Messages;
using Connections.ReadModels.Connections;
using Connections.Worker.Reactors;
using EventSourcing;
using MassTransit;
using Microsoft.Extensions.Time.Testing;
using TestServers;
using Worker.Tests.Harness;

namespace Worker.Tests;

public abstract class ReportFailuresContract : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new();
    private readonly InMemoryEventLog log;
    private readonly CountingLog counting;
    private readonly RecordedBus bus;
    private readonly IBus published;
    private readonly EventWriter story;
    private readonly RowStore store;
    private Rows rows = null!;
    private ReportActivityFailures reactor = null!;

    protected ReportFailuresContract(RowStore store)
    {
        this.store = store;
        log = new InMemoryEventLog(clock);
        counting = new CountingLog(log);
        story = new EventWriter(log, clock);
        (published, bus) = RecordedBus.Make();
    }

    public async ValueTask InitializeAsync()
    {
        rows = await Rows.Create(store, log, new ConnectionsProjection());
        reactor = new ReportActivityFailures(new ConnectionStreams(counting), new ConnectionQueries(rows.Database), published, clock);
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    [Fact]
    public async Task Thousands_of_deferrals_of_one_credential_version_read_the_connection_once()
    {
        var connection = await story.Connected("Shop");
        for (var i = 0; i < 5_000; i++) await story.New(story.Over(connection), EventWriter.Deferred(FailureKind.ReauthRequired, connection));
        await React();

        Assert.Equal(1, counting.Reads);
        Assert.Equal(["connection-created", "connection-reauth-required"], await History(connection));
    }

    [Fact]
    public async Task The_next_credential_version_is_reported_again()
    {
        var connection = await story.Connected("Shop");
        await story.New(story.Over(connection), EventWriter.Deferred(FailureKind.ReauthRequired, connection));
        await React();
        await story.Connection(connection, EventWriter.Reconnected(2));
        await story.New(story.Over(connection), EventWriter.Deferred(FailureKind.ReauthRequired, connection, version: 2));
        await story.New(story.Over(connection), EventWriter.Deferred(FailureKind.ReauthRequired, connection, version: 1));
        await React();

        Assert.Equal("connection-reauth-required", (await History(connection)).Last());
        Assert.Equal(4, (await History(connection)).Count());
    }

    [Fact]
    public async Task The_reactor_bounds_its_memory_and_a_forgotten_report_does_no_harm()
    {
        var connections = new List<Guid>();
        for (var i = 0; i < 1_500; i++) connections.Add(await story.Connected($"c{i}"));
        for (var round = 0; round < 2; round++)
            foreach (var connection in connections)
                await story.New(story.Over(connection), EventWriter.Deferred(FailureKind.ReauthRequired, connection));
        await React();

        foreach (var connection in connections) Assert.Equal(2, (await History(connection)).Count());
    }

    [Fact]
    public async Task An_unavailable_provider_is_checked_at_most_every_five_seconds()
    {
        var connection = await story.Connected("Shop");
        for (var i = 0; i < 2_000; i++) await story.New(story.Over(connection), EventWriter.Deferred(FailureKind.Unavailable, connection));
        await React();
        Assert.Equal([new CheckConnection(EventWriter.Workspace, connection, Scheduled: false)], bus.Take<CheckConnection>());

        clock.Advance(TimeSpan.FromSeconds(5));
        await story.New(story.Over(connection), EventWriter.Deferred(FailureKind.Timeout, connection));
        await React();
        Assert.Single(bus.Take<CheckConnection>());
    }

    [Fact]
    public async Task An_unavailable_connection_over_which_an_activity_succeeds_is_checked_again()
    {
        var (lost, well) = (await story.Connected("Lost"), await story.Connected("Well"));
        await story.Connection(lost, EventWriter.Tested(Outcome.Unavailable));
        await rows.Follow();
        foreach (var connection in new[] { lost, lost, well })
            await story.New(story.Over(connection), story.Started(1, connection), EventWriter.Succeeded(connection));
        await React();
        Assert.Equal([new CheckConnection(EventWriter.Workspace, lost, Scheduled: false)], bus.Take<CheckConnection>());
    }

    private long position;

    private async Task React()
    {
        await foreach (var batch in log.Subscribe(reactor.Prefixes, position, default))
        {
            await reactor.React(batch.Events, default);
            position = batch.Position;
            if (batch.CaughtUp) return;
        }
    }

    private async Task<IEnumerable<string>> History(Guid connection) =>
        (await log.Read(new ConnectionId(EventWriter.Workspace, connection).Stream, default)).Events.Select(e => e.Type);
}
