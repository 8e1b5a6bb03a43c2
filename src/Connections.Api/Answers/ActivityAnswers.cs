using Connections.Domain;
using Connections.Operations;
using Connections.ReadModels;
using EventSourcing;

namespace Connections.Api;

/// <summary>Answers about activities, their inputs and outputs opened for who may see them.</summary>
public sealed class ActivityAnswers(IEventLog log, ActivitySeals seals, ActivityQueries rows, ActivityWatch watch, TimeProvider clock)
{
    /// <summary>From the stream; waits for the end if asked to, and then answers with what is there.</summary>
    public async Task<ActivityAnswer> Now(string workspace, Guid id, TimeSpan wait, CancellationToken ct)
    {
        var stream = ActivityDecider.Stream(workspace, id);
        using var patience = new CancellationTokenSource(wait, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        while (true)
        {
            using var change = wait == TimeSpan.Zero ? null : watch.End(stream);
            var view = ActivityView.Fold((await log.Read(stream, ct)).Events)
                ?? throw new RejectedException("activity.not-found", "There is no such activity.");
            if (view.Ended || change is null || patience.IsCancellationRequested) return await Of(view, ct);
            try
            {
                await change.Ended.WaitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
            }
        }
    }

    public async Task<Page<ActivityAnswer>> List(string workspace, ActivityFilter filter, CancellationToken ct)
    {
        var page = await rows.List(workspace, filter, ct);
        var items = new List<ActivityAnswer>();
        foreach (var view in page.Items) items.Add(await Of(view, ct));
        return new Page<ActivityAnswer>(items, page.Next);
    }

    private async Task<ActivityAnswer> Of(ActivityView v, CancellationToken ct) => new(
        v.Id,
        v.ConnectionId,
        v.Request.ConnectionName is null ? null : new ConnectionReference(v.Request.Connector, v.Request.ConnectionName),
        v.Connector,
        v.Request.Activity,
        v.Status,
        v.Attempts,
        v.WaitingFor,
        await seals.OpenInput(v.Workspace, v.Id, v.Request.Input, ct),
        await seals.OpenOutput(v.Workspace, v.Id, v.Output, ct),
        v.Error is null ? null : new ErrorAnswer(v.Error.Kind, await seals.OpenWords(v.Workspace, v.Id, v.Error.Said, v.Error.Message, ct)),
        v.Request.Caller,
        v.RequestedAt,
        v.StartedAt,
        v.FinishedAt,
        v.CredentialVersion,
        v.TokenVersion,
        v.Request.RetryOf);
}
