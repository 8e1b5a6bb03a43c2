using System.Security.Cryptography;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Credentials.Sealing;
using Connections.Domain;
using Connections.Operations.Claims;
using Connections.Operations.Connections;
using Connections.Operations.Grants;
using Connections.Operations.Messages;
using Connections.ReadModels.Connections;
using Connections.Worker.Consumers;
using Connections.Worker.Jobs;
using EventSourcing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TestServers;
using Worker.Tests.Harness;

namespace Worker.Tests.Checks;

/// <summary>
/// The daily checks with a controlled clock: the job, its messages, the consumer, and a provider that records its calls.
/// </summary>
internal sealed class CheckScenario : IAsyncDisposable
{
    private readonly RecordedBus bus;
    private readonly CheckDueConnections job;
    private readonly CheckConnectionConsumer consumer;

    private static OperatorFaults NoFaults { get; } =
        new(new OAuthApplications(new ConfigurationBuilder().Build()), NullLogger<OperatorFaults>.Instance);

    private CheckScenario(InMemoryEventLog log, FakeTimeProvider clock, Rows rows)
    {
        (Log, Clock, Rows) = (log, clock, rows);
        Story = new EventWriter(log, clock);
        var queries = new ConnectionQueries(rows.Database);
        var connections = new ConnectionStreams(log);
        var catalogue = new ConnectorCatalogue([Connector]);
        var runner = new ConnectorRunner(
            catalogue, new ConnectionSlots(), new CredentialMemory(clock), new HostCircuits(clock), NoFaults, clock,
            NullLogger<ConnectorRunner>.Instance);
        var tests = new TestConnections(
            connections,
            new TokenStreams(log),
            new ConnectionProbe(runner, new Fingerprints(new PlainHash())),
            new ClaimKeeper(new ClaimStreams(log), connections, new ClaimGracePeriod(clock), clock),
            new ListedVault(clock),
            new AccessTokens(catalogue, tokens: null!, NullLogger<AccessTokens>.Instance)); // there are no sign-ins here
        (var published, bus) = RecordedBus.Make();
        job = new CheckDueConnections(queries, new RequestedChecks(clock), published, clock);
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

    public EventWriter Story { get; }

    public ProbedConnector Connector { get; } = new();

    /// <summary>The times of all calls to the provider.</summary>
    public List<(Guid Connection, DateTimeOffset At)> Probes { get; } = [];

    public HashSet<Guid> Fails { get; } = [];

    public static async Task<CheckScenario> Open(RowStore store)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T12:00:00Z", null));
        var log = new InMemoryEventLog(clock);
        return new CheckScenario(log, clock, await Rows.Create(store, log, new ConnectionsProjection()));
    }

    /// <summary>Fires the job and returns the checks that it requested.</summary>
    public async Task<IReadOnlyList<CheckConnection>> Fire()
    {
        await Rows.Follow();
        await job.SendChecks(default);
        return bus.Take<CheckConnection>();
    }

    public async Task Deliver(IEnumerable<CheckConnection> messages)
    {
        foreach (var message in messages) await consumer.Consume(Delivery.Create(message));
    }

    public ValueTask DisposeAsync() => Rows.DisposeAsync();

    private sealed class PlainHash : IKeyedHash
    {
        public Task<string> Hash(string workspace, string purpose, ReadOnlyMemory<byte> value, CancellationToken ct) =>
            Task.FromResult(Convert.ToHexStringLower(SHA256.HashData(value.Span)));
    }
}
