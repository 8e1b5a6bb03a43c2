using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Waits;
using CsCheck;
using EventSourcing;
using Worker.Tests.Harness;

namespace Worker.Tests;

/// <summary>The decider's state, the list view and the row of the waker agree on the status of a connection.</summary>
public abstract class ConnectionStatusContract(RowStore store) : IAsyncLifetime
{
    private const int Histories = 200;

    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    private static readonly AuthorizationStarted SigningIn =
        new(Guid.NewGuid(), ProbedConnector.Id, "Shop", Nothing, DateTimeOffset.UnixEpoch);

    // Every event that can follow a creation. Only an id that was never created is abandoned.
    private static readonly Gen<ConnectionEvent> Later = Gen.OneOf<ConnectionEvent>(
        Gen.OneOf([Outcome.Ok, Outcome.Skipped, .. Enum.GetValues<FailureKind>().Select(Outcome.From)]).Select(outcome => EventWriter.Tested(outcome)),
        Gen.OneOf(Outcome.Ok, Outcome.Unavailable, Outcome.Timeout).Select(outcome => EventWriter.Tested(outcome)),
        Gen.Const(new ConnectionReauthRequired("Refused.", 1)),
        Gen.Int[2, 5].Select(EventWriter.Reconnected),
        Gen.Const(new ConnectionRenamed("Till")),
        Gen.Const(new ConnectionFenced(Guid.NewGuid(), "connectionName-abc")),
        Gen.Const(new ConnectionExpiring(DateTimeOffset.UnixEpoch, "idle", 7, 1)),
        Gen.Const(SigningIn),
        Gen.Const(new AuthorizationCodeReceived(SigningIn.Attempt)),
        Gen.Const(new AuthorizationFailed(SigningIn.Attempt, "access_denied", "Refused.")),
        Gen.Frequency((1, Gen.Const<ConnectionEvent>(new ConnectionDeleted())), (3, Gen.Const<ConnectionEvent>(new ConnectionRenamed("Shop")))),
        Gen.Const(new ConnectionSecretsDestroyed("no")));

    private static readonly Gen<ConnectionEvent[]> History = Gen.Select(Gen.Bool, Later.Array[0, 15], (signedIn, later) =>
        signedIn
            ? (ConnectionEvent[])[SigningIn, new AuthorizationCodeReceived(SigningIn.Attempt), EventWriter.Created("Shop"), .. later]
            : [EventWriter.Created("Shop"), SigningIn, .. later]);

    private readonly InMemoryEventLog log = new();
    private Rows rows = null!;

    public async ValueTask InitializeAsync() =>
        rows = await Rows.Create(store, log, new ConnectionsProjection(), new WaitsProjection(new WakeSignal()));

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    [Fact]
    public async Task State_view_and_waits_agree_on_the_status_after_any_events()
    {
        var streams = new ConnectionStreams(log);
        var seen = new HashSet<ConnectionStatus>();
        await History.SampleAsync(
            async history =>
            {
                var id = Guid.NewGuid();
                var connection = new ConnectionId(EventWriter.Workspace, id);
                var metadata = new EventMetadata(EventWriter.Workspace, "test");
                await log.Append(
                    connection.Stream, Revision.NoStream, [.. history.Select(e => ConnectionDecider.Names.Write(Guid.NewGuid(), e, metadata))], default);
                await rows.Follow();

                var state = (await streams.Load(connection, default)).State.Status;
                var view = ConnectionView.Fold((await log.Read(connection.Stream, default)).Events)!.Status;
                var of = new { workspace = EventWriter.Workspace, id = id.ToString() };
                var listed = await rows.Value<string>("SELECT status FROM connections WHERE workspace = @workspace AND id = @id", of);
                var waits = await rows.Value<string>("SELECT status FROM wait_connections WHERE workspace = @workspace AND id = @id", of);
                Assert.Equal(state, view);
                Assert.Equal((ConnectionQueries.Text(state), ConnectionQueries.Text(state)), (listed, waits));
                seen.Add(state);
            },
            iter: Histories,
            threads: 1,
            print: history => string.Join('\n', (object[])history));

        Assert.Superset(
            new HashSet<ConnectionStatus>
            {
                ConnectionStatus.Connected,
                ConnectionStatus.Unreachable,
                ConnectionStatus.ReauthRequired,
                ConnectionStatus.Deleted
            },
            seen);
    }
}
