using System.Text.Json;
using Connections.Domain;
using Connections.ReadModels;
using EventSourcing;

namespace Connections.Api;

/// <summary>Answers about one connection, from its stream: what was written a moment ago is in them.</summary>
public sealed class ConnectionAnswers(IEventLog log, ActivityQueries activities, TimeProvider clock)
{
    // where the secret lies and what the account hashes to are of no use to callers
    private static readonly string[] Internal = ["vaultEntry", "fingerprints", "probe", "fence", "claim", "attempt"];

    public async Task<ConnectionAnswer> Now(string workspace, Guid id, CancellationToken ct)
    {
        var events = await Events(workspace, id, ct);
        var view = ConnectionView.Fold(events) ?? ConnectionView.SigningIn(events, clock.GetUtcNow()) ?? throw NotFound();
        return ConnectionAnswer.Of(view, await activities.LastUse(workspace, id, ct));
    }

    public async Task<ConnectionAnswer> Then(string workspace, Guid id, DateTimeOffset at, CancellationToken ct) => ConnectionAnswer.Of(
        ConnectionView.Fold((await Events(workspace, id, ct)).Where(e => e.At <= at)) ?? throw NotFound(), null);

    /// <summary>The oldest first; a cursor holds the version of the last event shown.</summary>
    public async Task<Page<HistoryItem>> History(string workspace, Guid id, Cursor after, int limit, CancellationToken ct)
    {
        var events = await Events(workspace, id, ct);
        if (!events.Any(e => ConnectionDecider.Names.Read(e) is ConnectionCreated or AuthorizationStarted)) throw NotFound();
        var rest = events.Where(e => e.Revision > after.Ticks).ToArray();
        return new Page<HistoryItem>(
            [.. rest.Take(limit).Select(Item)], rest.Length > limit ? new Cursor(rest[limit - 1].Revision, "").ToString() : null);
    }

    private async Task<IReadOnlyList<RecordedEvent>> Events(string workspace, Guid id, CancellationToken ct) =>
        (await log.Read(ConnectionDecider.Stream(workspace, id), ct)).Events;

    private static HistoryItem Item(RecordedEvent recorded) => new(
        recorded.Revision,
        recorded.Type,
        recorded.At,
        EventMetadata.Of(recorded).Actor,
        ConnectionSummary.Of((ConnectionEvent)ConnectionDecider.Names.Read(recorded)),
        Data(recorded));

    private static JsonElement Data(RecordedEvent recorded)
    {
        using var document = JsonDocument.Parse(recorded.Data);
        return JsonSerializer.SerializeToElement(
            document.RootElement.EnumerateObject().Where(p => !Internal.Contains(p.Name)).ToDictionary(p => p.Name, p => p.Value));
    }

    private static RejectedException NotFound() => new("connection.not-found", "There is no such connection.");
}
