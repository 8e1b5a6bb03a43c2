using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Operations.Activities;
using EventSourcing;
using Hosts.Tests.Harness;

namespace Hosts.Tests;

public sealed class GoneConnectorTests() : WorkersFixture(null)
{
    [Fact]
    public async Task An_activity_whose_connector_is_no_longer_in_the_catalogue_waits_for_the_operator()
    {
        var (id, none) = (Guid.NewGuid(), JsonSerializer.SerializeToElement(new { }));
        var connection = new ConnectionCreated("gone", "one", none, none, "v1", new Account(null, "one", "typed"), ["print"], Outcome.Ok);
        await Workers.Get<ConnectionStreams>().Handle(
            new ConnectionId(Workers.Workspace, id), new CreateConnection(connection), Workers.Context.Metadata, CancellationToken.None);
        var wanted = new ActivitySubmission(Guid.NewGuid(), id, null, null, "read", null, null, null, null, null);
        var request = await Workers.Get<ActivityRequestFactory>().Record(Workers.Context, wanted, "gone", Via.Http, CancellationToken.None);
        await Workers.Get<ActivityStreams>().Append(
            new Loaded<ActivityState>(new ActivityId(Workers.Workspace, wanted.Id).Stream, Revision.NoStream, ActivityState.Initial),
            new RequestActivity(request),
            Workers.Context.Metadata,
            CancellationToken.None);

        var waiting = await Workers.Reaches(wanted.Id, ActivityStatus.Waiting);
        Assert.Equal((FailureKind.Operator, 0), (waiting.WaitingFor, waiting.Attempts));
    }
}
