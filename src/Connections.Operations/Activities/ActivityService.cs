using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Operations.Connections;
using Connections.ReadModels.Activities;
using EventSourcing;

namespace Connections.Operations.Activities;

/// <summary>
/// Accepts activities by HTTP. An invalid one is rejected at once; a valid one is recorded, and a reactor sends it to a worker.
/// </summary>
public sealed class ActivityService(
    IEventLog log, ActivityStreams activities, ActivityRequestFactory requests, ConnectionForms connectors, ConnectionDirectory directory)
{
    public async Task<ActivityStatus> Request(RequestContext context, ActivitySubmission wanted, CancellationToken ct)
    {
        if (ActivityRequestFactory.Problem(wanted) is { } malformed) throw malformed;
        var id = context.Activity(wanted.Id);
        string connector;
        try
        {
            connector = await Connector(context, wanted, ct);
        }
        catch (RejectedException)
        {
            // A repeated request whose response was lost stays the same request, even if the connection was deleted meanwhile.
            if ((await activities.Load(id, ct)).State.Request is not { Connector: { } recorded }) throw;
            connector = recorded;
        }

        if (requests.Problem(wanted, connector) is { } problem) throw problem;
        var request = new RequestActivity(await requests.Record(context, wanted, connector, Via.Http, ct));
        try
        {
            await activities.Append(new Loaded<ActivityState>(id.Stream, Revision.NoStream, ActivityState.Initial), request, context.Metadata, ct);
            return ActivityStatus.Requested;
        }
        catch (StreamConflictException)
        {
            return (await activities.Handle(id, request, context.Metadata, ct)).State.Status;
        }
    }

    /// <summary>Requests an ended activity again under another id. Its deadline starts anew.</summary>
    public async Task<ActivityStatus> Retry(RequestContext context, Guid id, Guid again, CancellationToken ct)
    {
        var was = ActivityView.Fold((await log.Read(context.Activity(id).Stream, ct)).Events)
            ?? throw new RejectedException("activity.not-found", "There is no such activity.");
        if (!was.Ended) throw new RejectedException("activity.wrong-state", "The activity has not ended yet.");
        return await Request(context, await requests.CreateRetry(context, was, again, ct), ct);
    }

    public Task Settle(RequestContext context, Guid id, bool succeeded, string note, CancellationToken ct) =>
        activities.Handle(context.Activity(id), new SettleActivity(succeeded, note), context.Metadata, ct);

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> Cancel(RequestContext context, Guid id, CancellationToken ct) =>
        (await activities.Handle(context.Activity(id), new CancelActivity(), context.Metadata, ct)).Position is not null;

    private async Task<string> Connector(RequestContext context, ActivitySubmission wanted, CancellationToken ct)
    {
        if (wanted.ConnectionId is { } id)
        {
            return await directory.Find(context.Connection(id), ct) switch
            {
                null => throw new RejectedException("connection.not-found", "There is no such connection."),
                { Status: ConnectionStatus.Deleted } => throw new RejectedException("connection.deleted", "The connection was deleted."),
                var found => found.Connector
            };
        }

        var connector = connectors.Find(wanted.Connector).Entry.Id;
        var name = wanted.ConnectionName!;
        return await directory.Named(context.Workspace, connector, name, ct) is not null || await directory.EverNamed(context.Workspace, connector, name, ct)
            ? connector
            : throw new RejectedException("connection.not-found", $"No connection of \"{connector}\" ever had the name \"{name}\".");
    }
}
