using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class RecordOutcomeTests : ActivitySpec
{
    [Fact]
    public void What_was_done_succeeded() => Given(Requested, Started).When(Done()).Then(Succeeded);

    [Fact]
    public void A_report_of_an_attempt_that_is_not_the_last_changes_nothing() =>
        Given(Requested, Started, Deferred, Started with { Attempt = 2 }).When(Done()).ThenNothing();

    [Fact]
    public void A_late_outcome_of_the_same_attempt_settles_what_was_unknown() =>
        Given(Requested, Started, Unknown).When(Done()).Then(Succeeded);

    [Fact]
    public void A_late_failure_settles_it_too() =>
        Given(Requested, Started, Unknown).When(Saw(FailureKind.NotFound, "No such table.")).Then(Failed);

    [Theory]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.ReauthRequired)]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.Timeout)]
    public void A_late_outcome_that_is_no_end_leaves_it_unknown(FailureKind kind) =>
        Given(Requested, Started, Unknown).When(Saw(kind)).ThenNothing();

    [Fact]
    public void A_late_outcome_does_not_end_what_waits_to_be_run_again() =>
        Given(Requested, Started, Deferred with { Kind = FailureKind.WorkerLost }).When(Done()).ThenNothing();

    [Fact]
    public void The_first_end_stands()
    {
        Given(Requested, Started, Failed).When(Done()).ThenNothing();
        Given(Requested, Started, Succeeded).When(Saw(FailureKind.Internal)).ThenNothing();
        Given(Requested, Started, Unknown, Succeeded).When(Saw(FailureKind.Internal)).ThenNothing();
    }

    [Fact]
    public void The_activity_that_meets_the_dead_grant_waits_for_a_higher_version() =>
        Given(Requested, Started)
            .When(Saw(FailureKind.ReauthRequired, "The password was refused."))
            .Then(new ActivityDeferred(1, FailureKind.ReauthRequired, "The password was refused.", null, Shop, 3) { Facts = Begun });

    [Fact]
    public void Who_asked_not_to_wait_for_people_is_told_at_once() =>
        Given(Requested with { OnReauth = OnReauth.Fail }, Started)
            .When(Saw(FailureKind.ReauthRequired, "The password was refused."))
            .Then(new ActivityFailed(1, FailureKind.ReauthRequired, "The password was refused.") { Facts = Begun });

    [Theory]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.Unavailable)]
    public void What_the_provider_asked_for_is_obeyed(FailureKind kind) =>
        Assert.Equal(
            Now.AddMinutes(17),
            Given(Requested, Started)
                .When(AskedToWait(kind, TimeSpan.FromMinutes(17)))
                .ThenOne<ActivityDeferred>().Until);

    [Fact]
    public void A_wait_of_no_time_is_a_second() =>
        Assert.Equal(
            Now.AddSeconds(1),
            Given(Requested, Started)
                .When(AskedToWait(FailureKind.Throttled, TimeSpan.Zero))
                .ThenOne<ActivityDeferred>().Until);

    [Fact]
    public void A_wait_without_end_is_a_wait_until_the_deadline() =>
        Assert.Equal(
            Deadline,
            Given(Requested, Started)
                .When(AskedToWait(FailureKind.Throttled, TimeSpan.MaxValue))
                .ThenOne<ActivityDeferred>().Until);

    [Fact]
    public void The_token_it_ran_with_is_recorded_and_told_with_a_later_end_too()
    {
        var waits = Given(Requested, Started).When(AskedToWait(FailureKind.Throttled, TimeSpan.Zero) with { TokenVersion = 7 }).ThenOne<ActivityDeferred>();
        Assert.Equal(7, waits.Facts.TokenVersion);
        Assert.Equal(7, Given(Requested, Started, waits).When(new CancelActivity()).ThenOne<ActivityCancelled>().Facts.TokenVersion);
        Assert.Null(Given(Requested, Started, waits, Started with { Attempt = 2 }).When(Done() with { Attempt = 2 }).ThenOne<ActivitySucceeded>().Facts.TokenVersion);
    }

    private static RecordOutcome Done() => new(1, new AttemptOutcome.Done("sealed-output"), Now, 0);

    private static RecordOutcome Saw(FailureKind kind, string message = "As seen.") =>
        new(1, new AttemptOutcome.Failed(kind, message, Delivered.Maybe, null), Now, 0);

    private static RecordOutcome AskedToWait(FailureKind kind, TimeSpan wait) =>
        new(1, new AttemptOutcome.Failed(kind, "Later.", Delivered.No, wait), Now, 0.5);
}
