using Connections.Domain;
using Connections.Domain.Activity;
using CsCheck;
using Domain.Tests.Activity;

namespace Domain.Tests.Properties;

public sealed class ActivityPropertyTests : ActivitySpec
{
    private static readonly Gen<int> Attempt = Gen.Int[0, 4];
    private static readonly Gen<FailureKind> Kind = Gen.OneOf(Enum.GetValues<FailureKind>());
    private static readonly Gen<DateTimeOffset> At = Gen.Int[0, 30].Select(hours => Now.AddHours(hours));

    private static readonly Gen<ActivityRequested> RequestEvents = Gen.Select(
        Gen.OneOf("hash-1", "hash-2"),
        Gen.OneOf(OnReauth.Wait, OnReauth.Fail),
        Gen.OneOf(Via.Http, Via.Bus),
        (hash, onReauth, via) => Requested with { BodyHash = hash, OnReauth = onReauth, Via = via });

    private static readonly Gen<StartActivity> Start = Gen.Select(
        Attempt, Gen.Bool, (n, repeatable) => new StartActivity(Started with { Attempt = n, Repeatable = repeatable }));

    private static readonly Gen<DeferActivity> Defer =
        Gen.Select(Attempt, Kind, (n, kind) => new DeferActivity(n, kind, "Not now.", null, Shop, 3));

    private static readonly Gen<RefuseActivity> Refuse = Kind.Select(kind => new RefuseActivity(kind, "Not at all."));

    private static readonly Gen<AttemptOutcome> Seen = Gen.OneOf<AttemptOutcome>(
        Gen.Const(new AttemptOutcome.Done("sealed-output")),
        Gen.Const(new AttemptOutcome.Pending(TimeSpan.FromSeconds(5))),
        Gen.Select(
            Kind,
            Gen.OneOf(Enum.GetValues<Delivered>()),
            Gen.OneOf<TimeSpan?>(null, TimeSpan.Zero, TimeSpan.FromMinutes(3), TimeSpan.MaxValue),
            (kind, delivered, after) => new AttemptOutcome.Failed(kind, "As seen.", delivered, after)));

    private static readonly Gen<ActivityCommand> Command = Gen.OneOf<ActivityCommand>(
        RequestEvents.Select(request => new RequestActivity(request)),
        Gen.Select(RequestEvents, Gen.OneOf<ActivityCommand>(Start, Defer, Refuse), (request, first) => new AcceptActivity(request, first)),
        Start,
        Start,
        Defer,
        Gen.Select(Attempt, Seen, At, Gen.Double[0, 1], (n, outcome, at, jitter) => new RecordOutcome(n, outcome, at, jitter)),
        Gen.Select(Attempt, Gen.OneOf("stage-1", "stage-2"), Gen.Bool, (n, entry, resumable) => new SaveStage(n, entry, Shop, resumable, null)),
        Gen.Select(Attempt, At, Gen.Double[0, 1], (n, at, jitter) => new JudgeLostAttempt(n, at, jitter)),
        At.Select(at => new EndOverdueActivity(at)),
        Gen.Int[0, 9].Select(n => n == 0 ? new CancelActivity() : (ActivityCommand)new StartActivity(Started with { Attempt = n })),
        Gen.Select(Gen.Int[0, 9], Refuse, Start, (n, refuse, start) => n == 0 ? refuse : (ActivityCommand)start));

    private static readonly Gen<ActivityCommand> Settled = Gen.Frequency(
        (12, Command), (1, Gen.Bool.Select(done => (ActivityCommand)new SettleActivity(done, "Looked."))));

    [Fact]
    public void The_rules_hold_for_any_commands_in_any_order() => Command.List[1, 40].Sample(
        commands =>
        {
            var walk = new RandomWalk<ActivityState, ActivityCommand, ActivityEvent>(ActivityDecider.Decider, ActivityDecider.Names);
            commands.ForEach(walk.Send);

            var ends = walk.Events
                .Where(e => e is ActivityEnd)
                .ToList();
            Assert.True(
                ends is [] or [_] or [ActivityOutcomeUnknown, ActivitySucceeded or ActivityFailed],
                $"It ended as {string.Join(", ", ends.Select(e => e.GetType().Name))}.");
            Assert.Equal(ends.Count > 0, walk.State.Ended);
            Assert.Equal(ends, walk.Events.TakeLast(ends.Count));
            Assert.True(walk.Events.OfType<ActivityRequested>().Count() <= 1, "Requested twice.");
            var attempts = walk.Events.OfType<ActivityStarted>().Select(e => e.Attempt).ToList();
            Assert.Equal(Enumerable.Range(1, attempts.Count), attempts);
        },
        iter: 3000);

    [Fact]
    public void The_activity_follows_the_protocol_for_late_repeated_and_reordered_commands() => CommandSequences.OutOfOrder(Settled).Sample(
        commands =>
        {
            var walk = new RandomWalk<ActivityState, ActivityCommand, ActivityEvent>(ActivityDecider.Decider, ActivityDecider.Names);
            var model = new ActivityModel();
            foreach (var command in commands)
            {
                walk.Send(command);
                model = model.After(command);
                Assert.Equal((model.Status, model.Attempts), (walk.State.Status, walk.State.Attempts));
            }
        },
        iter: 3000,
        print: CommandSequences.Print);
}
