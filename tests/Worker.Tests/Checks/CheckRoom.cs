using System.Security.Cryptography;
using Connections.Connectors;
using Connections.Credentials;
using Connections.Domain;
using Connections.Operations;
using Connections.Operations.Messages;
using Connections.ReadModels;
using Connections.Worker;
using EventSourcing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Worker.Tests.Checks;

/// <summary>
/// The daily checks on a clock that goes when it is told to: the job, its messages, the consumer, a provider that keeps book.
/// </summary>
internal sealed class CheckRoom : IAsyncDisposable
{
    private readonly RecordedBus bus;
    private readonly CheckDueConnections job;
    private readonly CheckConnectionConsumer consumer;

    private static OperatorFaults NoFaults { get; } =
        new(new OAuthApplications(new ConfigurationBuilder().Build()), NullLogger<OperatorFaults>.Instance);

    private CheckRoom(InMemoryEventLog log, FakeTimeProvider clock, Rows rows)
    {
        (Log, Clock, Rows) = (log, clock, rows);
        Story = new Story(log, clock);
        var queries = new ConnectionQueries(rows.Database);
        var connections = new ConnectionStreams(log);
        var catalogue = new ConnectorCatalogue([Connector]);
        var runner = new ConnectorRunner(
            catalogue, new ConnectionSlots(), new SignIns(clock), new HostCircuits(clock), NoFaults, clock,
            NullLogger<ConnectorRunner>.Instance);
        var tests = new TestConnections(
            connections,
            new TokenStreams(log),
            new ConnectionProbe(runner, new Fingerprints(new PlainHash())),
            new ClaimKeeper(new ClaimStreams(log), connections, new Courtesy(clock), clock),
            new ListedVault(clock),
            new AccessTokens(catalogue, keeper: null!, NullLogger<AccessTokens>.Instance)); // nobody signs in here
        (var published, bus) = RecordedBus.Make();
        job = new CheckDueConnections(queries, new AskedChecks(clock), published, clock);
        consumer = new CheckConnectionConsumer(
            tests, queries, new RecentChecks(clock), clock, NullLogger<CheckConnectionConsumer>.Instance);
        Connector.Answer = use =>
        {
            Probes.Add((use.Id, Clock.GetUtcNow()));
            return Fails.Contains(use.Id) ? new ConnectorResult.Failed(FailureKind.Unavailable, "Nobody answers.", Delivered.No) : null;
        };
    }

    public InMemoryEventLog Log { get; }

    public FakeTimeProvider Clock { get; }

    public Rows Rows { get; }

    public Story Story { get; }

    public ScriptedConnector Connector { get; } = new();

    /// <summary>Every time the provider was asked.</summary>
    public List<(Guid Connection, DateTimeOffset At)> Probes { get; } = [];

    public HashSet<Guid> Fails { get; } = [];

    public static async Task<CheckRoom> Open(RowStore store)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T12:00:00Z", null));
        var log = new InMemoryEventLog(clock);
        return new CheckRoom(log, clock, await Rows.Of(store, log, new ConnectionsProjection()));
    }

    /// <summary>The job fires; what it asked for.</summary>
    public async Task<IReadOnlyList<CheckConnection>> Fire()
    {
        await Rows.Follow();
        await job.Ask(default);
        return bus.Take<CheckConnection>();
    }

    public async Task Deliver(IEnumerable<CheckConnection> messages)
    {
        foreach (var message in messages) await consumer.Consume(Delivery.Of(message));
    }

    public ValueTask DisposeAsync() => Rows.DisposeAsync();

    private sealed class PlainHash : IKeyedHash
    {
        public Task<string> Hash(string workspace, string purpose, ReadOnlyMemory<byte> value, CancellationToken ct) =>
            Task.FromResult(Convert.ToHexStringLower(SHA256.HashData(value.Span)));
    }
}
