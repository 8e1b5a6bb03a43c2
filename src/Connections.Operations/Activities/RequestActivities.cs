using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

/// <summary>Takes activities in by HTTP: what is wrong with them is said at once; what is right is recorded, and a reactor sends it.</summary>
public sealed class RequestActivities(
    ActivityStreams activities, ActivityRequests requests, ConnectionForms connectors, ConnectionDirectory directory)
{
    public async Task<ActivityStatus> Request(Who who, NewActivity wanted, CancellationToken ct)
    {
        if (ActivityRequests.Problem(wanted) is { } malformed) throw malformed;
        var connector = await Connector(who, wanted, ct);
        if (requests.Problem(wanted, connector) is { } problem) throw problem;

        var request = new RequestActivity(await requests.Record(who, wanted, connector, Via.Http, ct));
        var stream = ActivityDecider.Stream(who.Workspace, wanted.Id);
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

    public Task Cancel(Who who, Guid id, CancellationToken ct) =>
        activities.Handle(ActivityDecider.Stream(who.Workspace, id), new CancelActivity(), who.Metadata, ct);

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
