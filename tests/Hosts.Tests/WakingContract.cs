using Connections.Connectors;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Worker.Waking;
using EventSourcing;
using Hosts.Tests.Harness;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Hosts.Tests;

public abstract class WakingContract(BrokerFixture? broker) : WorkersFixture(broker)
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    protected override TimeProvider Clock => clock;

    [Fact]
    public async Task Activities_over_the_limit_wait_oldest_first_without_a_published_message()
    {
        var connection = await Workers.Connect("one");
        await Workers.Finished(await Workers.Send(Workers.Activity(connection, "first"))); // unproven credentials allow one call at a time
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Provider.Answer = async value =>
        {
            if (value.StartsWith("held", StringComparison.Ordinal)) await gate.Task.WaitAsync(Until.Limit, TimeProvider.System);
            return ScriptedConnector.Done(value);
        };
        foreach (var held in new[] { "held 1", "held 2" }) await Workers.Send(Workers.Activity(connection, held));
        await Until.Holds(() => Provider.Calls.Count == 3, "both slots are in use");
        var queued = new List<Guid>();
        for (var i = 10; i < 30; i++)
        {
            queued.Add(await Workers.Send(Workers.Activity(connection, $"{i}")));
            await Workers.Reaches(queued[^1], ActivityStatus.Waiting);
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(3, Provider.Calls.Count);
        gate.SetResult();
        foreach (var activity in queued) await Advancing(TimeSpan.FromMilliseconds(100), activity, ActivityStatus.Succeeded);
        var order = Provider.Calls.Skip(3).Select((call, place) => Math.Abs(int.Parse(call, System.Globalization.CultureInfo.InvariantCulture) - 10 - place));
        Assert.All(order, off => Assert.InRange(off, 0, 1)); // two run side by side
        Assert.Empty(Workers.Heard.OfType<ActivityWaiting>());
    }

    [Fact]
    public async Task An_activity_that_surely_did_not_arrive_is_retried_when_its_time_comes()
    {
        var connection = await Workers.Connect("one");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.Throttled, Delivered.No, TimeSpan.FromMinutes(10));
        var activity = await Workers.Send(Workers.Activity(connection, activity: "write") with { CorrelationId = "run-7" });
        var waiting = await Workers.Hears<ActivityWaiting>(w => w.ActivityId == activity, "it waits");
        Assert.Equal(("throttled", clock.GetUtcNow() + TimeSpan.FromMinutes(10)), (waiting.Kind, waiting.Until));

        Provider.Answer = value => Task.FromResult(ScriptedConnector.Done(value));
        clock.Advance(TimeSpan.FromMinutes(9));
        var other = await Workers.Finished(await Workers.Send(Workers.Activity(connection, "other")));
        Assert.Equal("succeeded", other.Outcome);
        Assert.Equal(ActivityStatus.Waiting, (await Workers.State(activity)).Status);
        await Advancing(TimeSpan.FromSeconds(30), activity, ActivityStatus.Succeeded);
        var finished = await Workers.Finished(activity);
        Assert.Equal((2, "run-7"), (finished.Attempts, finished.CorrelationId));
    }

    [Theory]
    [InlineData(FailureKind.Timeout)]
    [InlineData(FailureKind.Unavailable)]
    public async Task An_unrepeatable_activity_that_may_have_arrived_is_sent_once(FailureKind kind)
    {
        var connection = await Workers.Connect("one");
        Provider.Answer = _ => ScriptedConnector.Fails(kind, Delivered.Maybe);
        var activity = await Workers.Send(Workers.Activity(connection, activity: "write"));
        Assert.Equal("unknown", (await Workers.Finished(activity)).Outcome);
        clock.Advance(TimeSpan.FromHours(1));
        Provider.Answer = value => Task.FromResult(ScriptedConnector.Done(value));
        await Workers.Finished(await Workers.Send(Workers.Activity(connection, "after")));
        Assert.Equal(["", "after"], Provider.Calls);
    }

    [Fact]
    public async Task A_passed_deadline_ends_the_activity_with_the_reason_it_waited_for()
    {
        var connection = await Workers.Connect("one");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        var activity = await Workers.Send(Workers.Activity(connection) with { DeadlineSeconds = 3600, CorrelationId = "run-7" });
        await Workers.Reaches(activity, ActivityStatus.Waiting);
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(ActivityStatus.Waiting, (await Workers.State(activity)).Status);
        await Advancing(TimeSpan.FromMinutes(1), activity, ActivityStatus.Failed);
        var finished = await Workers.Finished(activity);
        Assert.Equal(("failed", "reauthRequired", "run-7"), (finished.Outcome, finished.Error!.Kind, finished.CorrelationId));
        Assert.Single(Provider.Calls);
    }

    [Theory]
    [InlineData("read", ActivityStatus.Succeeded, 2)]
    [InlineData("write", ActivityStatus.Unknown, 1)]
    public async Task The_outcome_of_an_attempt_with_a_lost_worker_depends_on_whether_it_is_repeatable(string act, ActivityStatus end, int attempts)
    {
        var connection = await Workers.Connect("one");
        var activity = await BeginElsewhere(connection, act);
        var lost = Workers.Get<LostAttempts>();
        await Until.Holds(
            async () => (await Workers.Get<Connections.ReadModels.Waits.WaitQueries>().Running(long.MaxValue, CancellationToken.None)).Count == 1, "it is seen");
        await lost.Judge(CancellationToken.None);
        for (var seconds = 10; seconds <= 90; seconds += 10)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await lost.Judge(CancellationToken.None);
        }

        Assert.Equal(ActivityStatus.Running, (await Workers.State(activity)).Status);

        clock.Advance(TimeSpan.FromSeconds(1));
        await lost.Judge(CancellationToken.None);
        await Advancing(TimeSpan.FromSeconds(1), activity, end);
        Assert.Equal(attempts, (await Workers.State(activity)).Attempts);
        Assert.Equal("run-7", (await Workers.Finished(activity)).CorrelationId);
        Assert.Equal(attempts - 1, Provider.Calls.Count);
    }

    [Fact]
    public async Task An_unavailable_provider_is_checked_and_its_connection_is_marked_and_later_recovers()
    {
        var connection = await Workers.Connect("one");
        var down = new ConnectorResult.Failed(FailureKind.Unavailable, "Down.", Delivered.No);
        Provider.ProbeFailure = down;
        Provider.Answer = _ => Task.FromResult<ConnectorResult>(down with { Attempted = false });
        var activity = await Workers.Send(Workers.Activity(connection));
        await Workers.Reaches(activity, ActivityStatus.Waiting);
        await Until.Holds(async () => (await Workers.Connection(connection)).Status == ConnectionStatus.Unreachable, "the connection is unavailable");

        Provider.ProbeFailure = null;
        Provider.Answer = value => Task.FromResult(ScriptedConnector.Done(value));
        clock.Advance(TimeSpan.FromSeconds(6)); // a provider is checked at most every five seconds
        await Workers.Get<Connections.Operations.Connections.TestConnections>().Check(Workers.Context, connection, CancellationToken.None);
        Assert.Equal(ConnectionStatus.Connected, (await Workers.Connection(connection)).Status);
        Assert.Equal("succeeded", (await Workers.Finished(activity)).Outcome);
    }

    // Advances the clock until the condition holds, so that every loop runs.
    private Task<ActivityState> Advancing(TimeSpan step, Guid activity, ActivityStatus status) => Until.Seen(
        () =>
        {
            clock.Advance(step);
            return Workers.State(activity);
        },
        state => state.Status == status,
        $"activity {activity} is {status}");

    private async Task<Guid> BeginElsewhere(Guid connection, string act)
    {
        var wanted = new Connections.Operations.Activities.ActivitySubmission(Guid.NewGuid(), connection, null, null, act, null, null, null, null, null);
        var request = await Workers.Get<Connections.Operations.Activities.ActivityRequestFactory>().Record(Workers.Context, wanted, ScriptedConnector.Id, Via.Bus, CancellationToken.None);
        var stream = new ActivityId(Workers.Workspace, wanted.Id).Stream;
        var started = new ActivityStarted(
            1, "another machine", clock.GetUtcNow() + TimeSpan.FromSeconds(60), connection, ScriptedConnector.Id, 1, Repeatable: act == "read");
        await Workers.Get<ActivityStreams>().Append(
            new Loaded<ActivityState>(stream, Revision.NoStream, ActivityState.Initial),
            new AcceptActivity(request, new StartActivity(started)),
            Workers.Context.Metadata with { Correlation = "run-7" },
            CancellationToken.None);
        return wanted.Id;
    }
}
