using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Operations.Activities;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using EventSourcing;

namespace Connections.Web.Responses;

/// <summary>Builds responses about activities, with their inputs and outputs decrypted.</summary>
public sealed class ActivityResponses(IEventLog log, ActivitySeals seals, ActivityQueries rows, ActivityWatch watch, TimeProvider clock)
{
    /// <summary>Reads the stream. Waits up to <paramref name="wait"/> for the activity to end, then returns its current state.</summary>
    public async Task<ActivityResponse> Now(ActivityId id, TimeSpan wait, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(wait, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        while (true)
        {
            using var change = wait == TimeSpan.Zero ? null : watch.End(id);
            var view = ActivityView.Fold((await log.Read(id.Stream, ct)).Events)
                ?? throw NotFound();
            if (view.Ended || change is null || timeout.IsCancellationRequested) return await Create(id, view, Included.All, ct);
            try
            {
                await change.Ended.WaitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
            }
        }
    }

    public async Task<Page<ActivityResponse>> List(string workspace, ActivityFilter filter, Included included, CancellationToken ct)
    {
        var page = await rows.List(workspace, filter, ct);
        var items = new List<ActivityResponse>();
        foreach (var view in page.Items) items.Add(await Create(new ActivityId(workspace, view.Id), view, included, ct));
        return new Page<ActivityResponse>(items, page.Next);
    }

    /// <summary>Lists the events, oldest first. A cursor holds the version of the last event on the page.</summary>
    public async Task<Page<ActivityHistoryItem>> History(ActivityId id, Cursor after, int limit, CancellationToken ct)
    {
        var events = (await log.Read(id.Stream, ct)).Events;
        if (events.Count == 0) throw NotFound();
        var rest = events.Where(e => e.Revision > after.Ticks).ToArray();
        var items = new List<ActivityHistoryItem>();
        foreach (var recorded in rest.Take(limit)) items.Add(await Item(id, recorded, ct));
        return new Page<ActivityHistoryItem>(items, rest.Length > limit ? new Cursor(rest[limit - 1].Revision, "").ToString() : null);
    }

    private async Task<ActivityHistoryItem> Item(ActivityId id, RecordedEvent recorded, CancellationToken ct)
    {
        var e = (ActivityEvent)ActivityDecider.Names.Read(recorded);
        var message = ActivitySummary.Failure(e) is var (text, sealedMessage) ? await seals.OpenWords(id, sealedMessage, text, ct) : null;
        return new ActivityHistoryItem(
            recorded.Revision, recorded.Type, recorded.At, EventMetadata.From(recorded).Actor, ActivitySummary.Attempt(e), ActivitySummary.Describe(e, message),
            ActivitySummary.Data(e, message));
    }

    private static RejectedException NotFound() => new("activity.not-found", "There is no such activity.");

    private async Task<ActivityResponse> Create(ActivityId id, ActivityView v, Included included, CancellationToken ct) => new(
        v.Id,
        v.ConnectionId,
        v.Request.ConnectionName is null ? null : new ConnectionReference(v.Request.Connector, v.Request.ConnectionName),
        v.Connector,
        v.Request.Activity,
        v.Status,
        v.Attempts,
        v.WaitingFor,
        included.Input ? await seals.ShowInput(id, v.Request.Input, ct) : null,
        included.Output ? await seals.ShowOutput(id, v.Output, ct) : null,
        v.Error is null ? null : new ErrorResponse(v.Error.Kind, await seals.OpenWords(id, v.Error.SealedMessage, v.Error.Message, ct)),
        v.Request.Caller,
        v.RequestedAt,
        v.StartedAt,
        v.FinishedAt,
        v.Request.Deadline,
        v.NextAttemptAt,
        v.FinishedAt is null ? v.Progress : null,
        v.CredentialVersion,
        v.TokenVersion,
        v.Request.RetryOf);
}
