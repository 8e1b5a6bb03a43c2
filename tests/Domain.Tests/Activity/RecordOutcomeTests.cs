using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class RecordOutcomeTests : ActivitySpec
{
    [Fact]
    public void A_completed_activity_succeeds() => Given(Requested, Started).When(Done()).Then(Succeeded);

    [Fact]
    public void A_report_of_an_attempt_that_is_not_the_last_changes_nothing() =>
        Given(Requested, Started, Deferred, Started with { Attempt = 2 }).When(Done()).ThenNothing();

    [Fact]
    public void A_late_success_of_the_same_attempt_settles_an_unknown_outcome() =>
        Given(Requested, Started, Unknown).When(Done()).Then(Succeeded);

    [Fact]
    public void A_late_failure_of_the_same_attempt_settles_an_unknown_outcome() =>
        Given(Requested, Started, Unknown).When(Report(FailureKind.NotFound, "No such table.")).Then(Failed);

    [Theory]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.ReauthRequired)]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.Timeout)]
    public void A_late_outcome_that_is_no_end_leaves_the_outcome_unknown(FailureKind kind) =>
        Given(Requested, Started, Unknown).When(Report(kind)).ThenNothing();

    [Fact]
    public void A_late_outcome_does_not_end_an_activity_that_waits_for_its_next_attempt() =>
        Given(Requested, Started, Deferred with { Kind = FailureKind.WorkerLost }).When(Done()).ThenNothing();

    [Fact]
    public void The_first_end_stands()
    {
        Given(Requested, Started, Failed).When(Done()).ThenNothing();
        Given(Requested, Started, Succeeded).When(Report(FailureKind.Internal)).ThenNothing();
        Given(Requested, Started, Unknown, Succeeded).When(Report(FailureKind.Internal)).ThenNothing();
    }

    [Fact]
    public void An_activity_with_rejected_credentials_waits_for_a_higher_version() =>
        Given(Requested, Started)
            .When(Report(FailureKind.ReauthRequired, "The password was refused."))
            .Then(new ActivityDeferred(1, FailureKind.ReauthRequired, "The password was refused.", null, Shop, 3) { Facts = Begun });

    [Fact]
    public void An_activity_that_must_not_wait_for_people_fails_at_once() =>
        Given(Requested with { OnReauth = OnReauth.Fail }, Started)
            .When(Report(FailureKind.ReauthRequired, "The password was refused."))
            .Then(new ActivityFailed(1, FailureKind.ReauthRequired, "The password was refused.") { Facts = Begun });

    [Theory]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.Unavailable)]
    public void The_retry_delay_of_the_provider_is_respected(FailureKind kind) =>
        Assert.Equal(
            Now.AddMinutes(17),
            Given(Requested, Started)
                .When(RetryAfter(kind, TimeSpan.FromMinutes(17)))
                .ThenOne<ActivityDeferred>().Until);

    [Fact]
    public void A_retry_delay_of_zero_becomes_one_second() =>
        Assert.Equal(
            Now.AddSeconds(1),
            Given(Requested, Started)
                .When(RetryAfter(FailureKind.Throttled, TimeSpan.Zero))
                .ThenOne<ActivityDeferred>().Until);

    [Fact]
    public void An_endless_retry_delay_becomes_a_wait_until_the_deadline() =>
        Assert.Equal(
            Deadline,
            Given(Requested, Started)
                .When(RetryAfter(FailureKind.Throttled, TimeSpan.MaxValue))
                .ThenOne<ActivityDeferred>().Until);

    [Fact]
    public void The_token_version_is_recorded_and_repeated_in_a_later_end()
    {
        var waits = Given(Requested, Started)
            .When(RetryAfter(FailureKind.Throttled, TimeSpan.Zero) with { TokenVersion = 7 })
            .ThenOne<ActivityDeferred>();
        Assert.Equal(7, waits.Facts.TokenVersion);
        Assert.Equal(7, Given(Requested, Started, waits).When(new CancelActivity()).ThenOne<ActivityCancelled>().Facts.TokenVersion);
        Assert.Null(Given(Requested, Started, waits, Started with { Attempt = 2 }).When(Done() with { Attempt = 2 }).ThenOne<ActivitySucceeded>().Facts.TokenVersion);
    }

    private static RecordOutcome Done() => new(1, new AttemptOutcome.Done("sealed-output"), Now, 0);

    private static RecordOutcome Report(FailureKind kind, string message = "As seen.") =>
        new(1, new AttemptOutcome.Failed(kind, message, Delivered.Yes, null), Now, 0);

    private static RecordOutcome RetryAfter(FailureKind kind, TimeSpan wait) =>
        new(1, new AttemptOutcome.Failed(kind, "Later.", Delivered.No, wait), Now, 0.5);
}
