using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;

namespace Worker.Tests.Harness;

/// <summary>Appends events of connections and activities directly, without the service.</summary>
internal sealed class EventWriter(IEventLog log, TimeProvider clock)
{
    public const string Workspace = "default";

    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public static Account Somebody { get; } = new(null, "somebody", "typed");

    public async Task<Guid> Connected(string name, Guid? id = null, string connector = ProbedConnector.Id)
    {
        var connection = id ?? Guid.NewGuid();
        await Connection(connection, Created(name, connector));
        return connection;
    }

    /// <summary>A connection with a sign-in. The vault entry of its tokens is <c>v1</c>.</summary>
    public async Task<Guid> SignedIn(string name, string connector)
    {
        var id = Guid.NewGuid();
        await Connection(id, Created(name, connector) with { Scopes = ["mail"] });
        return id;
    }

    public Task Tokens(Guid id, params TokenEvent[] events) => Append(new TokenId(Workspace, id).Stream, TokenDecider.Names, events);

    public static ConnectionCreated Created(string name, string connector = ProbedConnector.Id) =>
        new(connector, name, Nothing, Nothing, "v1", Somebody, ["f"], Outcome.Ok);

    public static ConnectionReconnected Reconnected(int version) => new(version, $"v{version}", Nothing, Nothing, Somebody, ["f"]);

    public static ConnectionTested Tested(string outcome, int version = 1) => new(Guid.NewGuid(), outcome, outcome, version, false);

    public Task Connection(Guid id, params ConnectionEvent[] events) =>
        Append(new ConnectionId(Workspace, id).Stream, ConnectionDecider.Names, events);

    public Task Activity(Guid id, params ActivityEvent[] events) =>
        Append(new ActivityId(Workspace, id).Stream, ActivityDecider.Names, events);

    public async Task<Guid> New(ActivityRequested request, params ActivityEvent[] more)
    {
        var id = Guid.NewGuid();
        await Activity(id, [request, .. more]);
        return id;
    }

    public ActivityRequested Over(Guid connection, OnReauth onReauth = OnReauth.Wait, TimeSpan? deadline = null) => new(
        connection, ProbedConnector.Id, null, "act", "sealed", "hash",
        clock.GetUtcNow() + (deadline ?? TimeSpan.FromDays(1)), 60, onReauth, null, Via.Http);

    public ActivityRequested OverNamed(string name) => Over(Guid.Empty) with { ConnectionId = null, ConnectionName = name };

    public static ActivityDeferred Deferred(
        FailureKind kind, Guid? connection, int version = 1, DateTimeOffset? until = null, int attempts = 0) =>
        new(attempts, kind, Outcome.From(kind), until, connection, version) { Facts = Facts(connection) };

    public ActivityStarted Started(int attempt, Guid connection, int version = 1, bool repeatable = false) =>
        new(attempt, "worker", clock.GetUtcNow() + TimeSpan.FromSeconds(60), connection, ProbedConnector.Id, version, repeatable);

    public static ActivitySucceeded Succeeded(Guid connection, int attempt = 1) => new(attempt, "sealed") { Facts = Facts(connection) };

    public static ActivityFacts Facts(Guid? connection) => new("act", connection, ProbedConnector.Id, 1, null);

    private async Task Append(string stream, EventTypes types, IReadOnlyList<object> events)
    {
        var metadata = new EventMetadata(Workspace, "story");
        var at = events[0] is ConnectionCreated or ActivityRequested ? Revision.NoStream : (await log.Read(stream, default)).Revision;
        await log.Append(stream, at, [.. events.Select(e => types.Write(Guid.NewGuid(), e, metadata))], default);
    }
}
