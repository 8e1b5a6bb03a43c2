using Connections.Connectors.Catalogue;
using Connections.Domain;
using Connections.Operations.Messages;
using Connections.ReadModels.Waits;
using Connections.Worker.Waking;
using EventSourcing;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Worker.Tests.Harness;

/// <summary>A log, the table of waits, and a waker whose rounds the test starts.</summary>
internal sealed class WakerScenario : IAsyncDisposable
{
    private readonly WakeSignal signal = new();
    private readonly RecordedBus bus;
    private readonly Waker waker;

    private WakerScenario(InMemoryEventLog log, FakeTimeProvider clock, Rows rows)
    {
        (Log, Clock, Rows) = (log, clock, rows);
        Story = new EventWriter(log, clock);
        Queries = new WaitQueries(rows.Database);
        Due = new DueWaits(rows.Database);
        (var published, bus) = RecordedBus.Make();
        waker = new Waker(
            Due,
            Queries,
            signal,
            new ConnectorCatalogue([new ProbedConnector()]),
            log,
            new ActivityStreams(log),
            published,
            new SoleInstance(),
            clock,
            NullLogger<Waker>.Instance);
    }

    public InMemoryEventLog Log { get; }

    public FakeTimeProvider Clock { get; }

    public Rows Rows { get; }

    public EventWriter Story { get; }

    public WaitQueries Queries { get; }

    public DueWaits Due { get; }

    public static async Task<WakerScenario> Open(RowStore store)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T12:00:00Z", null));
        var log = new InMemoryEventLog(clock);
        return new WakerScenario(log, clock, await Rows.Create(store, log, new WaitsProjection(new WakeSignal())));
    }

    /// <summary>Runs a round and returns what it sends, in order.</summary>
    public async Task<IReadOnlyList<Guid>> Round()
    {
        await Rows.Follow();
        await waker.Wake(default);
        return [.. bus.Take<RunAttempt>().Select(m => m.ActivityId)];
    }

    public async Task<IReadOnlyList<Guid>> RoundAfter(TimeSpan time)
    {
        Clock.Advance(time);
        return await Round();
    }

    public async ValueTask DisposeAsync()
    {
        signal.Dispose();
        await Rows.DisposeAsync();
    }
}
