using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using EventSourcing;

namespace Connections.Web.Responses;

/// <param name="StatusSince">
/// When the connection got the status that it has, or had at the time; null if there was no connection yet.
/// </param>
public sealed record ConnectionStory(ConnectionResponse Connection, IReadOnlyList<HistoryItem> History, DateTimeOffset? StatusSince);

/// <summary>Builds responses about one connection from its stream, so that they include the latest events.</summary>
public sealed class ConnectionResponses(
    IEventLog log, ActivityQueries activities, ConnectionQueries rows, IGrantLifetimes lives, TimeProvider clock)
{
    // Event fields that callers cannot use, such as the vault entry and the account hashes.
    private static readonly string[] Internal = ["vaultEntry", "fingerprints", "probe", "fence", "claim", "attempt"];

    public async Task<ConnectionResponse> Now(ConnectionId id, CancellationToken ct) => await Now(id, await Events(id, ct), ct);

    public async Task<ConnectionResponse> Then(ConnectionId id, DateTimeOffset at, CancellationToken ct) =>
        await Then(await Events(id, ct), at, ct);

    /// <summary>The connection, now or at a time, with its first events: all from one read of its stream.</summary>
    public async Task<ConnectionStory> Story(ConnectionId id, DateTimeOffset? at, int limit, CancellationToken ct)
    {
        var events = await Events(id, ct);
        return new ConnectionStory(
            at is { } then ? await Then(events, then, ct) : await Now(id, events, ct),
            [.. events.Take(limit).Select(Item)],
            StatusSince(events, at));
    }

    /// <summary>When the live credentials were stored; null if there are none.</summary>
    public async Task<DateTimeOffset?> CredentialsSince(ConnectionId id, CancellationToken ct) => (await Events(id, ct))
        .LastOrDefault(e => ConnectionDecider.Names.Read(e) is ConnectionCreated or ConnectionReconnected)?.At;

    /// <summary>Reads the read model, which may lag behind the streams.</summary>
    public async Task<Page<ConnectionResponse>> List(string workspace, ConnectionFilter filter, CancellationToken ct)
    {
        var page = await rows.List(workspace, filter, ct);
        var now = clock.GetUtcNow();
        return new Page<ConnectionResponse>(
            [.. page.Items.Select(i => ConnectionResponse.Create(i.Connection, i.Grant, i.Grant?.Forecast(lives), now))], page.Next);
    }

    /// <summary>Lists the events, oldest first. A cursor holds the version of the last event on the page.</summary>
    public async Task<Page<HistoryItem>> History(ConnectionId id, Cursor after, int limit, CancellationToken ct)
    {
        var events = await Events(id, ct);
        if (!events.Any(e => ConnectionDecider.Names.Read(e) is ConnectionCreated or AuthorizationStarted)) throw NotFound();
        var rest = events.Where(e => e.Revision > after.Ticks).ToArray();
        return new Page<HistoryItem>(
            [.. rest.Take(limit).Select(Item)], rest.Length > limit ? new Cursor(rest[limit - 1].Revision, "").ToString() : null);
    }

    private async Task<ConnectionResponse> Now(ConnectionId id, IReadOnlyList<RecordedEvent> events, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var view = ConnectionView.Fold(events) ?? ConnectionView.SigningIn(events, now) ?? throw NotFound();
        var grant = GrantView.Fold(events, await Tokens(view, ct));
        return ConnectionResponse.Create(view, grant, grant?.Forecast(lives), now, await activities.LastUse(id, ct));
    }

    private async Task<ConnectionResponse> Then(IReadOnlyList<RecordedEvent> all, DateTimeOffset at, CancellationToken ct)
    {
        var events = all.Where(e => e.At <= at).ToArray();
        var view = ConnectionView.Fold(events) ?? throw NotFound();
        var grant = GrantView.Fold(events, (await Tokens(view, ct)).Where(e => e.At <= at));
        return ConnectionResponse.Create(view, grant, grant?.Forecast(lives), at);
    }

    private static DateTimeOffset? StatusSince(IReadOnlyList<RecordedEvent> events, DateTimeOffset? at)
    {
        var (view, since) = ((ConnectionView?)null, (DateTimeOffset?)null);
        foreach (var recorded in events.Where(e => at is null || e.At <= at))
        {
            var was = view?.Status;
            view = ConnectionView.Evolve(view, recorded);
            if (view?.Status != was) since = recorded.At;
        }

        return since;
    }

    // A connection without a sign-in has no token stream.
    private async Task<IReadOnlyList<RecordedEvent>> Tokens(ConnectionView view, CancellationToken ct) =>
        view.Scopes is null ? [] : (await log.Read(new TokenId(view.Workspace, view.Id).Stream, ct)).Events;

    private async Task<IReadOnlyList<RecordedEvent>> Events(ConnectionId id, CancellationToken ct) =>
        (await log.Read(id.Stream, ct)).Events;

    private static HistoryItem Item(RecordedEvent recorded) => new(
        recorded.Revision,
        recorded.Type,
        recorded.At,
        EventMetadata.From(recorded).Actor,
        EventSummary.Describe((ConnectionEvent)ConnectionDecider.Names.Read(recorded)),
        Data(recorded));

    private static JsonElement Data(RecordedEvent recorded)
    {
        using var document = JsonDocument.Parse(recorded.Data);
        return JsonSerializer.SerializeToElement(
            document.RootElement.EnumerateObject().Where(p => !Internal.Contains(p.Name)).ToDictionary(p => p.Name, p => p.Value));
    }

    private static RejectedException NotFound() => new("connection.not-found", "There is no such connection.");
}
