using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

/// <summary>The status table of activities: the effect of each command in each status.</summary>
public sealed class ActivityStatusTests : ActivitySpec
{
    private const string WrongState = "activity.wrong-state";
    private const string Reused = "activity.id-reused";
    private const string Run = "activity-started → Running";
    private const string Wait = "activity-deferred → Waiting";
    private const string Fail = "activity-failed → Failed";
    private const string Cancel = "activity-cancelled → Cancelled";

    private static readonly Dictionary<string, ActivityCommand> Commands = new()
    {
        ["request, same body"] = new RequestActivity(Requested),
        ["request, other body"] = new RequestActivity(Requested with { BodyHash = "hash-2" }),
        ["accept and start"] = new AcceptActivity(Requested, new StartActivity(Started)),
        ["accept and defer"] = new AcceptActivity(Requested, Defer(0)),
        ["accept and refuse"] = new AcceptActivity(Requested, new RefuseActivity(FailureKind.InvalidInput, "No sql.")),
        ["start the first"] = new StartActivity(Started),
        ["start the second"] = new StartActivity(Started with { Attempt = 2 }),
        ["defer the first"] = Defer(0),
        ["defer the second"] = Defer(1),
        ["refuse"] = new RefuseActivity(FailureKind.ConnectionDeleted, "The connection was deleted."),
        ["save a stage"] = new SaveStage(1, "stage-1", Shop, Resumable: true, null),
        ["job goes on"] = new RecordOutcome(1, new AttemptOutcome.Pending(TimeSpan.FromSeconds(5)), Now, 0),
        ["done"] = new RecordOutcome(1, new AttemptOutcome.Done("sealed-output"), Now, 0),
        ["failed"] = Report(FailureKind.NotFound, Delivered.Yes),
        ["throttled"] = Report(FailureKind.Throttled, Delivered.No),
        ["timed out"] = Report(FailureKind.Timeout, Delivered.Maybe),
        ["done, of no such attempt"] = new RecordOutcome(2, new AttemptOutcome.Done("sealed-output"), Now, 0),
        ["lost"] = new JudgeLostAttempt(1, Now, 0),
        ["overdue"] = new EndOverdueActivity(Deadline),
        ["not overdue yet"] = new EndOverdueActivity(Deadline.AddTicks(-1)),
        ["cancel"] = new CancelActivity(),
        ["settle"] = new SettleActivity(true, "It is there.")
    };

    [Theory]
    [InlineData("request, same body", "activity-requested → Requested", "-", "-", "-", "-", "-", "-", "-")]
    [InlineData("request, other body", "activity-requested → Requested", Reused, Reused, Reused, Reused, Reused, Reused, Reused)]
    [InlineData("accept and start", "activity-requested, activity-started → Running", "-", "-", "-", "-", "-", "-", "-")]
    [InlineData("accept and defer", "activity-requested, activity-deferred → Waiting", "-", "-", "-", "-", "-", "-", "-")]
    [InlineData("accept and refuse", "activity-requested, activity-failed → Failed", "-", "-", "-", "-", "-", "-", "-")]
    [InlineData("start the first", "-", Run, "-", "-", "-", "-", "-", "-")]
    [InlineData("start the second", "-", "-", "-", Run, "-", "-", "-", "-")]
    [InlineData("defer the first", "-", Wait, "-", "-", "-", "-", "-", "-")]
    [InlineData("defer the second", "-", "-", "-", Wait, "-", "-", "-", "-")]
    [InlineData("refuse", "-", Fail, "-", Fail, "-", "-", "-", "-")]
    [InlineData("save a stage", "-", "-", "activity-stage-saved → Running", "-", "-", "-", "-", "-")]
    [InlineData("job goes on", "-", "-", Wait, "-", "-", "-", "-", "-")]
    [InlineData("done", "-", "-", "activity-succeeded → Succeeded", "-", "-", "-", "activity-succeeded → Succeeded", "-")]
    [InlineData("failed", "-", "-", Fail, "-", "-", "-", Fail, "-")]
    [InlineData("throttled", "-", "-", Wait, "-", "-", "-", "-", "-")]
    [InlineData("timed out", "-", "-", "activity-outcome-unknown → Unknown", "-", "-", "-", "-", "-")]
    [InlineData("done, of no such attempt", "-", "-", "-", "-", "-", "-", "-", "-")]
    [InlineData("lost", "-", "-", "activity-outcome-unknown → Unknown", "-", "-", "-", "-", "-")]
    [InlineData("overdue", "-", Fail, "-", Fail, "-", "-", "-", "-")]
    [InlineData("not overdue yet", "-", "-", "-", "-", "-", "-", "-", "-")]
    [InlineData("cancel", "activity.not-found", Cancel, WrongState, Cancel, WrongState, WrongState, WrongState, "-")]
    [InlineData(
        "settle", "activity.not-found", WrongState, WrongState, WrongState, WrongState, WrongState, "activity-succeeded → Succeeded", WrongState)]
    public void Each_command_has_the_listed_effect_in_each_status(
        string command,
        string absent,
        string requested,
        string running,
        string waiting,
        string succeeded,
        string failed,
        string unknown,
        string cancelled) =>
        Assert.Equal(
            [absent, requested, running, waiting, succeeded, failed, unknown, cancelled],
            Enum.GetValues<ActivityStatus>().Select(status => GivenOne(status).When(Commands[command]).InWords(now => now.Status)));

    [Fact]
    public void Every_status_and_every_command_is_in_the_table()
    {
        Assert.All(Enum.GetValues<ActivityStatus>(), status => Assert.Equal(status, GivenOne(status).State.Status));
        var types = typeof(ActivityCommand).Assembly.GetTypes().Where(t => t.BaseType == typeof(ActivityCommand)).ToList();
        Assert.NotEmpty(types);
        Assert.Empty(types.Except(Commands.Values.Select(c => c.GetType())));
    }

    private static DeferActivity Defer(int attempts) => new(attempts, FailureKind.Busy, "Busy.", null, Shop, 3);

    private static RecordOutcome Report(FailureKind kind, Delivered delivered) =>
        new(1, new AttemptOutcome.Failed(kind, "As seen.", delivered, null), Now, 0);
}
