using Connections.Api.Endpoints;
using Connections.Domain;
using Connections.Operations.Activities;
using Connections.ReadModels;
using Connections.ReadModels.Activities;
using EventSourcing;

namespace Connections.Api.Responses;

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
                ?? throw new RejectedException("activity.not-found", "There is no such activity.");
            if (view.Ended || change is null || timeout.IsCancellationRequested) return await Create(view, ct);
            try
            {
                await change.Ended.WaitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
            }
        }
    }

    public async Task<Page<ActivityResponse>> List(string workspace, ActivityFilter filter, CancellationToken ct)
    {
        var page = await rows.List(workspace, filter, ct);
        var items = new List<ActivityResponse>();
        foreach (var view in page.Items) items.Add(await Create(view, ct));
        return new Page<ActivityResponse>(items, page.Next);
    }

    private Task<ActivityResponse> Create(ActivityView v, CancellationToken ct) => Create(new ActivityId(v.Workspace, v.Id), v, ct);

    private async Task<ActivityResponse> Create(ActivityId id, ActivityView v, CancellationToken ct) => new(
        v.Id,
        v.ConnectionId,
        v.Request.ConnectionName is null ? null : new ConnectionReference(v.Request.Connector, v.Request.ConnectionName),
        v.Connector,
        v.Request.Activity,
        v.Status,
        v.Attempts,
        v.WaitingFor,
        await seals.OpenInput(id, v.Request.Input, ct),
        await seals.OpenOutput(id, v.Output, ct),
        v.Error is null ? null : new ErrorResponse(v.Error.Kind, await seals.OpenWords(id, v.Error.SealedMessage, v.Error.Message, ct)),
        v.Request.Caller,
        v.RequestedAt,
        v.StartedAt,
        v.FinishedAt,
        v.CredentialVersion,
        v.TokenVersion,
        v.Request.RetryOf);
}
