using System.Text;
using System.Text.Json;
using Connections.Credentials;
using Connections.Domain;
using Connections.Operations;
using Connections.ReadModels;
using EventSourcing;

namespace Connections.Api;

/// <summary>Answers about activities, their inputs and outputs opened for who may see them.</summary>
public sealed class ActivityAnswers(IEventLog log, ISeals seals, ActivityQueries rows, StreamWatch watch, TimeProvider clock)
{
    /// <summary>From the stream; waits for the end if asked to, and then answers with what is there.</summary>
    public async Task<ActivityAnswer> Now(string workspace, Guid id, TimeSpan wait, CancellationToken ct)
    {
        var stream = ActivityDecider.Stream(workspace, id);
        using var patience = new CancellationTokenSource(wait, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        while (true)
        {
            var changed = wait == TimeSpan.Zero ? Task.CompletedTask : watch.Next(stream);
            var view = ActivityView.Fold((await log.Read(stream, ct)).Events)
                ?? throw new RejectedException("activity.not-found", "There is no such activity.");
            if (view.Ended || wait == TimeSpan.Zero || patience.IsCancellationRequested) return await Of(view, ct);
            try
            {
                await changed.WaitAsync(both.Token);
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
        await Open(v.Workspace, ActivityRequests.InputSubject(v.Id), v.Request.Input, ct),
        v.Output is null ? null : await Open(v.Workspace, ActivityRequests.OutputSubject(v.Id), v.Output, ct),
        v.Error is null ? null : new ErrorAnswer(v.Error.Kind, await Words(v, v.Error, ct)),
        v.Request.Caller,
        v.RequestedAt,
        v.StartedAt,
        v.FinishedAt,
        v.CredentialVersion,
        0,
        v.Request.RetryOf);

    private async Task<string> Words(ActivityView v, ActivityError error, CancellationToken ct) =>
        error.Said is not null && await seals.Open(v.Workspace, ActivityRequests.ErrorSubject(v.Id), error.Said, ct) is { } said
            ? Encoding.UTF8.GetString(said)
            : error.Message;

    // null once the key of its month was destroyed
    private async Task<JsonElement?> Open(string workspace, string subject, string sealedText, CancellationToken ct) =>
        await seals.Open(workspace, subject, sealedText, ct) is { } clear ? JsonSerializer.Deserialize<JsonElement>(clear) : null;
}
