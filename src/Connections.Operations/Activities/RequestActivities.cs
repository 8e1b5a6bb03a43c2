using Connections.Domain;
using Connections.ReadModels;
using EventSourcing;

namespace Connections.Operations;

/// <summary>Takes activities in by HTTP: what is wrong with them is said at once; what is right is recorded, and a reactor sends it.</summary>
public sealed class RequestActivities(
    IEventLog log, ActivityStreams activities, ActivityRequests requests, ConnectionForms connectors, ConnectionDirectory directory)
{
    public async Task<ActivityStatus> Request(Who who, NewActivity wanted, CancellationToken ct)
    {
        if (ActivityRequests.Problem(wanted) is { } malformed) throw malformed;
        var stream = ActivityDecider.Stream(who.Workspace, wanted.Id);
        string connector;
        try
        {
            connector = await Connector(who, wanted, ct);
        }
        catch (RejectedException)
        {
            // asked for again by a caller who did not hear the answer, and whose connection went meanwhile: it is the same activity still
            if ((await activities.Load(stream, ct)).State.Request is not { Connector: { } recorded }) throw;
            connector = recorded;
        }

        if (requests.Problem(wanted, connector) is { } problem) throw problem;
        var request = new RequestActivity(await requests.Record(who, wanted, connector, Via.Http, ct));
        try
        {
            await activities.Append(new Loaded<ActivityState>(stream, Revision.NoStream, ActivityState.Initial), request, who.Metadata, ct);
            return ActivityStatus.Requested;
        }
        catch (StreamConflictException)
        {
            return (await activities.Handle(stream, request, who.Metadata, ct)).State.Status;
        }
    }

    /// <summary>The same again, under another id, once it has ended. Its time starts anew.</summary>
    public async Task<ActivityStatus> Retry(Who who, Guid id, Guid again, CancellationToken ct)
    {
        var was = ActivityView.Fold((await log.Read(ActivityDecider.Stream(who.Workspace, id), ct)).Events)
            ?? throw new RejectedException("activity.not-found", "There is no such activity.");
        if (!was.Ended) throw new RejectedException("activity.wrong-state", "It has not ended yet.");
        return await Request(who, await requests.Again(who, was, again, ct), ct);
    }

    public Task Settle(Who who, Guid id, bool succeeded, string note, CancellationToken ct) =>
        activities.Handle(ActivityDecider.Stream(who.Workspace, id), new SettleActivity(succeeded, note), who.Metadata, ct);

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> Cancel(Who who, Guid id, CancellationToken ct) =>
        (await activities.Handle(ActivityDecider.Stream(who.Workspace, id), new CancelActivity(), who.Metadata, ct)).Position is not null;

    private async Task<string> Connector(Who who, NewActivity wanted, CancellationToken ct)
    {
        if (wanted.ConnectionId is { } id)
        {
            return await directory.Find(who.Workspace, id, ct) switch
            {
                null => throw new RejectedException("connection.not-found", "There is no such connection."),
                { Status: ConnectionStatus.Deleted } => throw new RejectedException("connection.deleted", "The connection was deleted."),
                var found => found.Connector
            };
        }

        var connector = connectors.Find(wanted.Connector).Entry.Id;
        var name = wanted.ConnectionName!;
        return await directory.Named(who.Workspace, connector, name, ct) is not null || await directory.EverNamed(who.Workspace, connector, name, ct)
            ? connector
            : throw new RejectedException("connection.not-found", $"No connection of \"{connector}\" was ever named \"{name}\".");
    }
}
