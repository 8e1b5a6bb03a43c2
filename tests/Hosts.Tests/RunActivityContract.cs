using System.Text.Json;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Operations.Activities;
using Connections.Operations.Connections;
using EventSourcing;
using Hosts.Tests.Harness;

namespace Hosts.Tests;

public abstract class RunActivityContract(BrokerFixture? broker) : WorkersFixture(broker)
{
    [Fact]
    public async Task An_activity_from_the_bus_ends_with_its_outcome()
    {
        var connection = await Workers.Connect("one");
        var command = Workers.Activity(connection, "hello") with { Caller = new Connections.Contracts.Caller("flow", "7", "b"), CorrelationId = "run-7" };
        await Workers.Send(command);
        var finished = await Workers.Finished(command.ActivityId);
        Assert.Equal(("succeeded", "hello", 1, "run-7", "read"), (
            finished.Outcome, finished.Output!.Value.GetProperty("value").GetString(), finished.Attempts, finished.CorrelationId, finished.Activity));
        Assert.Equal((connection, ScriptedConnector.Id, Workers.Workspace), (finished.ConnectionId, finished.Connector, finished.Workspace));
        Assert.Equal(command.Caller, finished.Caller);

        var events = await Workers.Events(command.ActivityId);
        Assert.Equal(["activity-requested", "activity-started", "activity-succeeded"], events.Select(e => e.Type));
        var published = Assert.Single(Workers.Heard.All, t => t.Message is ActivityFinished);
        Assert.Equal((events[^1].Id, events[^1].Id, 2L), (published.MessageId, finished.EventId, finished.Version));
    }

    [Theory]
    [InlineData(FailureKind.Forbidden, "forbidden")]
    [InlineData(FailureKind.InvalidInput, "invalidInput")]
    [InlineData(FailureKind.NotFound, "notFound")]
    [InlineData(FailureKind.Internal, "internal")]
    public async Task A_failure_of_the_provider_ends_the_activity(FailureKind kind, string expectedKind)
    {
        Provider.Answer = _ => ScriptedConnector.Fails(kind, Delivered.Yes);
        var finished = await Workers.Finished(await Workers.Send(Workers.Activity(await Workers.Connect("one"))));
        Assert.Equal(("failed", expectedKind, 1), (finished.Outcome, finished.Error!.Kind, finished.Attempts));
        Assert.Single(Provider.Calls);
    }

    [Fact]
    public async Task Each_attempt_has_the_id_of_its_activity_and_names_the_definition_that_runs()
    {
        var calls = 0;
        Provider.Answer = value => ++calls == 1
            ? ScriptedConnector.Fails(FailureKind.Throttled, Delivered.No, TimeSpan.FromMilliseconds(50)) : Task.FromResult(ScriptedConnector.Done(value));
        var activity = await Workers.Send(Workers.Activity(await Workers.Connect("one")));
        await Workers.Finished(activity);
        Assert.Equal([activity, activity], Provider.Activities);
        var started = (await Workers.Events(activity)).Select(e => ActivityDecider.Names.Read(e)).OfType<ActivityStarted>().ToList();
        Assert.NotEmpty(started);
        Assert.All(started, s => Assert.Equal(Provider.Entry.Version, s.Definition));
    }

    [Fact]
    public async Task An_activity_that_cannot_run_as_requested_fails()
    {
        var id = await Workers.Connect("one");
        var good = Workers.Activity(id);
        RunActivity[] bad =
        [
            good with { Input = JsonSerializer.SerializeToElement(new { other = 1 }) },
            good with { Input = JsonSerializer.SerializeToElement(7) },
            good with { Activity = "fly" },
            good with { TimeoutSeconds = 901 },
            good with { DeadlineSeconds = 0 },
            good with { OnReauth = "shrug" },
            good with { ConnectionId = null },
            good with { Connection = new ConnectionReference(ScriptedConnector.Id, "one") }
        ];
        foreach (var command in bad.Select(b => b with { ActivityId = Guid.NewGuid() }))
        {
            var finished = await Workers.Finished(await Workers.Send(command));
            Assert.Equal(("failed", "invalidInput", 0), (finished.Outcome, finished.Error!.Kind, finished.Attempts));
        }

        Assert.Empty(Provider.Calls);
    }

    [Fact]
    public async Task An_unknown_connection_is_not_found()
    {
        var byId = await Workers.Finished(await Workers.Send(Workers.Activity(Guid.NewGuid())));
        var byName = await Workers.Finished(await Workers.Send(ByName("never was")));
        Assert.Equal(("notFound", "notFound"), (byId.Error!.Kind, byName.Error!.Kind));
    }

    [Fact]
    public async Task A_connection_is_found_by_its_name()
    {
        var connection = await Workers.Connect("Some Name");
        var finished = await Workers.Finished(await Workers.Send(ByName("  some name ")));
        Assert.Equal(("succeeded", connection), (finished.Outcome, finished.ConnectionId));
    }

    [Fact]
    public async Task An_activity_delivered_many_times_runs_once()
    {
        var command = Workers.Activity(await Workers.Connect("one"), activity: "write");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Workers.Send(command)));
        await Workers.Finished(command.ActivityId);
        await Workers.Send(command);
        await Workers.Finished(await Workers.Send(Workers.Activity(command.ConnectionId!.Value, "after")));
        Assert.Single(await Workers.Events(command.ActivityId), e => e.Type == "activity-succeeded");
        Assert.Single(Workers.Heard.OfType<ActivityFinished>(), m => m.ActivityId == command.ActivityId);
        Assert.Equal(["", "after"], Provider.Calls);
        Assert.Empty(Workers.Heard.OfType<CommandRefused>());
    }

    [Fact]
    public async Task An_activity_requested_again_after_its_connection_was_deleted_is_still_the_same()
    {
        var connection = await Workers.Connect("one");
        var wanted = new ActivitySubmission(
            Guid.NewGuid(), connection, null, null, "read", JsonSerializer.SerializeToElement(new { value = "once" }), null, null, null, null);
        var requests = Workers.Get<ActivityService>();
        await requests.Request(Workers.Context, wanted, default);
        await Workers.Reaches(wanted.Id, ActivityStatus.Succeeded);
        await Workers.Get<ChangeConnections>().Delete(Workers.Context, connection, default);
        await Workers.Shows(connection, ConnectionStatus.Deleted); // the read model may lag

        Assert.Equal(ActivityStatus.Succeeded, await requests.Request(Workers.Context, wanted, default));
        var other = wanted with { Activity = "write" };
        Assert.Equal("activity.id-reused", (await Assert.ThrowsAsync<RejectedException>(() => requests.Request(Workers.Context, other, default))).Code);
        other = wanted with { Id = Guid.NewGuid() };
        Assert.Equal("connection.deleted", (await Assert.ThrowsAsync<RejectedException>(() => requests.Request(Workers.Context, other, default))).Code);
        Assert.Equal(["once"], Provider.Calls);
    }

    [Fact]
    public async Task An_id_reused_with_another_body_is_rejected_and_the_first_activity_is_unchanged()
    {
        var command = Workers.Activity(await Workers.Connect("one"), "first");
        await Workers.Finished(await Workers.Send(command));
        await Workers.Send(command with { Input = JsonSerializer.SerializeToElement(new { value = "second" }) });
        var refused = await Workers.Hears<CommandRefused>(r => r.CommandId == command.ActivityId, "the second is refused");
        Assert.Equal(("run-activity", "activity.id-reused"), (refused.Command, refused.Code));
        Assert.Equal(["first"], Provider.Calls);
        Assert.Equal(3, (await Workers.Events(command.ActivityId)).Count);
    }

    [Fact]
    public async Task Rejected_credentials_are_used_once_published_and_mark_the_connection()
    {
        var connection = await Workers.Connect("one");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        var first = await Workers.Send(Workers.Activity(connection));
        var waiting = await Workers.Hears<ActivityWaiting>(w => w.ActivityId == first, "it waits");
        Assert.Equal(("reauthRequired", 1, connection), (waiting.Kind, waiting.CredentialVersion, waiting.ConnectionId));
        var required = await Workers.Hears<Connections.Contracts.ConnectionReauthRequired>(r => r.ConnectionId == connection, "the connection needs a reconnect");
        Assert.Equal(1, required.CredentialVersion);

        var second = await Workers.Send(Workers.Activity(connection));
        await Workers.Hears<ActivityWaiting>(w => w.ActivityId == second, "the second waits too");
        var third = await Workers.Finished(await Workers.Send(Workers.Activity(connection) with { OnReauth = "fail" }));
        Assert.Equal(("failed", "reauthRequired"), (third.Outcome, third.Error!.Kind));
        Assert.Single(Provider.Calls);

        Provider.Answer = value => Task.FromResult(ScriptedConnector.Done(value));
        await Workers.Get<Connections.Operations.Connections.ChangeConnections>().Reconnect(Workers.Context, connection, new NewCredentials(null, Workers.Credentials("one")), CancellationToken.None);
        foreach (var woken in new[] { first, second }) Assert.Equal("succeeded", (await Workers.Finished(woken)).Outcome);
    }

    [Fact]
    public async Task A_waiting_activity_can_be_cancelled_and_gets_a_response()
    {
        var connection = await Workers.Connect("one");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        var activity = await Workers.Send(Workers.Activity(connection));
        await Workers.Reaches(activity, ActivityStatus.Waiting);
        await Workers.Send(new Connections.Contracts.CancelActivity(Workers.Workspace, activity), "cancel-activity");
        Assert.Equal("cancelled", (await Workers.Finished(activity)).Outcome);
    }

    [Fact]
    public async Task A_cancel_of_an_ended_activity_gets_its_end_and_of_an_unknown_one_a_rejection()
    {
        var activity = await Workers.Send(Workers.Activity(await Workers.Connect("one")));
        var finished = await Workers.Finished(activity);
        await Cancel(activity, "late");
        var again = await Workers.Hears<ActivityFinished>(m => m.CorrelationId == "late", "the response arrives");
        Assert.Equal((finished.EventId, finished.Version, "succeeded"), (again.EventId, again.Version, again.Outcome));

        var none = Guid.NewGuid();
        await Cancel(none, "none");
        var refused = await Workers.Hears<CommandRefused>(r => r.CommandId == none, "it is refused");
        Assert.Equal(("cancel-activity", "activity.not-found", "none"), (refused.Command, refused.Code, refused.CorrelationId));

        Task Cancel(Guid id, string correlation) =>
            Workers.Send(new Connections.Contracts.CancelActivity(Workers.Workspace, id, correlation), "cancel-activity");
    }

    private static RunActivity ByName(string name) =>
        Workers.Activity(Guid.Empty) with { ConnectionId = null, Connection = new ConnectionReference(ScriptedConnector.Id, name) };
}
