using Connections.Credentials.Sealing;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Operations.Connections;
using Hosts.Tests.Harness;

namespace Hosts.Tests;

public sealed class DestroyedInputTests() : WorkersFixture(broker: null)
{
    [Fact]
    public async Task An_activity_whose_input_was_destroyed_fails_and_is_not_run_without_it()
    {
        var connection = await Workers.Connect("one");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        var activity = await Workers.Send(Workers.Activity(connection, "the input"));
        await Workers.Reaches(activity, ActivityStatus.Waiting);

        await Workers.Get<ISeals>().DestroyMonthsBefore(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(40), CancellationToken.None);
        Provider.Answer = value => Task.FromResult(ScriptedConnector.Done(value));
        await Workers.Get<ChangeConnections>().Reconnect(Workers.Context, connection, new NewCredentials(null, Workers.Credentials("one")), CancellationToken.None);

        var finished = await Workers.Finished(activity);
        Assert.Equal(("failed", "internal"), (finished.Outcome, finished.Error!.Kind));
        Assert.Equal(["the input"], Provider.Calls);
    }
}
