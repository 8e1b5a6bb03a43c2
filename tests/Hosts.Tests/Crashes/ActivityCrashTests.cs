using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Operations.Activities;
using Connections.Operations.Messages;
using EventSourcing;
using Hosts.Tests.Harness;

namespace Hosts.Tests.Crashes;

/// <summary>The process that runs an activity crashes, and another continues.</summary>
public sealed class ActivityCrashTests
{
    private static readonly TimeSpan Published = TimeSpan.FromSeconds(30);

    private static readonly string[] Ends = ["activity-succeeded", "activity-failed", "activity-outcome-unknown", "activity-cancelled"];

    private static readonly Guid Connection = Guid.NewGuid();

    private readonly Guid activity = Guid.NewGuid();

    public static TheoryData<string, Start> ActsAndStarts =>
        new MatrixTheoryData<string, Start>(["read", "write"], Enum.GetValues<Start>());

    [Theory]
    [MemberData(nameof(ActsAndStarts))]
    public async Task An_activity_ends_once_and_an_unrepeatable_one_runs_at_most_once(string act, Start start)
    {
        using var world = await CrashScenario.After(p => Requested(p, act));
        var points = await CrashPoints.Each(world, First, async p =>
        {
            await Recovery.Until(p, start, activity);
            await HasEndedWell(p, act, p.World.Provider.Calls.Count);
        });
        Assert.InRange(points, 10, 100);
    }

    [Theory]
    [MemberData(nameof(ActsAndStarts))]
    public async Task A_throttled_activity_runs_when_its_time_has_come(string act, Start start)
    {
        using var world = await CrashScenario.After(p => Requested(p, act));
        var points = await CrashPoints.Each(world, PutOff, async p =>
        {
            await Recovery.Until(p, start, activity);
            await HasEndedWell(p, act, Done(p));
            await BegunInTime(p);
        });
        Assert.InRange(points, 10, 100);
    }

    [Theory]
    [MemberData(nameof(ActsAndStarts))]
    public async Task A_waiting_activity_is_woken_and_runs_once(string act, Start start)
    {
        using var world = await CrashScenario.After(async p =>
        {
            await Requested(p, act);
            await PutOff(p);
            await p.Follow();
            Assert.Equal(ActivityStatus.Waiting, (await p.Activity(activity)).Status);
            p.World.Clock.Advance(Published);
        });
        var points = await CrashPoints.Each(world, p => p.Hosted<Connections.Worker.Waking.Waker>().Wake(default), async p =>
        {
            await Recovery.Until(p, start, activity);
            await HasEndedWell(p, act, p.World.Provider.Calls.Count);
            Assert.Single(p.World.Provider.Calls);
            Assert.Equal(ActivityStatus.Succeeded, (await p.Activity(activity)).Status);
        });
        Assert.InRange(points, 7, 100);
    }

    [Theory]
    [InlineData(Start.Embedded)]
    [InlineData(Start.MessagesKept)]
    [InlineData(Start.MessagesLost)]
    public async Task An_unrepeatable_upload_goes_on_from_its_stage_and_makes_one_file(Start start)
    {
        var session = new UploadSession();
        using var world = await CrashScenario.After(p => Requested(p, "write"));
        var points = await CrashPoints.Each(world, p => Upload(p, session = new UploadSession()), async p =>
        {
            p.World.Provider.Job = (use, ct) => session.Run(use, _ => null, ct);
            await Recovery.Until(p, start, activity);
            var status = (await p.Activity(activity)).Status;
            var saved = (await p.ActivityHistory(activity)).Contains("activity-stage-saved");
            Assert.True(
                (saved, status, session.Files) is (_, ActivityStatus.Succeeded, 1) or (false, ActivityStatus.Unknown, 0),
                $"It ended {status} with {session.Files} files: {string.Join(", ", await p.ActivityHistory(activity))}");
            Assert.InRange(session.Opened, 0, 1);
        });
        Assert.InRange(points, 25, 150);
    }

    private Task Upload(SimulatedProcess p, UploadSession session)
    {
        p.World.Provider.Job = (use, ct) => session.Run(use, _ => null, ct);
        return First(p);
    }

    private async Task Requested(SimulatedProcess p, string act)
    {
        await p.Create(Connection, "one", "a");
        var wanted = new ActivitySubmission(activity, Connection, null, null, act, null, null, null, null, null);
        await p.Get<ActivityService>().Request(SimulatedProcess.Context, wanted, default);
    }

    private async Task HasEndedWell(SimulatedProcess p, string act, int done)
    {
        var history = await p.ActivityHistory(activity);
        Assert.Single(history, e => Ends.Contains(e));
        var status = (await p.Activity(activity)).Status;
        var well = (act, status, done) is
            ("read", ActivityStatus.Succeeded, >= 1) or ("write", ActivityStatus.Succeeded, 1) or ("write", ActivityStatus.Unknown, <= 1);
        Assert.True(well, $"{act} ended {status}, done {done} times: {string.Join(", ", history)}");
    }

    /// <summary>Sends the activity as the reactor does.</summary>
    private async Task First(SimulatedProcess p)
    {
        var request = (await p.Get<ActivityStreams>().Load(new ActivityId(Workers.Workspace, activity), default)).State.Request!;
        await Recovery.Deliver(p, [new RunAttempt(Workers.Workspace, activity, 0, 0, request, null, null)]);
    }

    private Task PutOff(SimulatedProcess p)
    {
        var provider = p.World.Provider;
        provider.Answer = value => provider.Calls.Count == 1
            ? ScriptedConnector.Fails(FailureKind.Throttled, Delivered.No, Published)
            : Task.FromResult(ScriptedConnector.Done(value));
        return First(p);
    }

    private static int Done(SimulatedProcess p) => Math.Max(0, p.World.Provider.Calls.Count - 1);

    private async Task BegunInTime(SimulatedProcess p)
    {
        var events = (await p.Get<IEventLog>().Read(new ActivityId(Workers.Workspace, activity).Stream, default)).Events;
        foreach (var (deferred, next) in events.Zip(events.Skip(1)))
        {
            if (ActivityDecider.Names.Read(deferred) is ActivityDeferred { Until: { } until })
                Assert.True(next.At >= until, $"It was to wait until {until:O}; {next.Type} came at {next.At:O}.");
        }
    }
}
