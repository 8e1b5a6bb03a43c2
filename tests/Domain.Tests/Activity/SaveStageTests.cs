using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class SaveStageTests : ActivitySpec
{
    private static readonly StageProgress Half = new(512, 1024, "bytes");
    private static readonly ActivityStageSaved Stage = new(1, "stage-1", Shop, Resumable: true, Half);
    private static readonly ActivityStageSaved Unsafe = Stage with { Resumable = false };
    private static readonly ActivityStarted Again = Started with { Attempt = 2 };

    [Fact]
    public void The_running_attempt_stores_its_stage() => Given(Requested, Started).When(Save(1)).Then(Stage);

    [Theory]
    [InlineData(ActivityStatus.Absent)]
    [InlineData(ActivityStatus.Requested)]
    [InlineData(ActivityStatus.Waiting)]
    [InlineData(ActivityStatus.Succeeded)]
    [InlineData(ActivityStatus.Failed)]
    [InlineData(ActivityStatus.Unknown)]
    [InlineData(ActivityStatus.Cancelled)]
    public void An_attempt_that_does_not_run_stores_nothing(ActivityStatus status) => GivenOne(status).When(Save(1)).ThenNothing();

    [Fact]
    public void An_attempt_that_another_one_followed_stores_nothing() =>
        Given(Requested, Started, Deferred, Again).When(Save(1)).ThenNothing();

    [Fact]
    public void A_lost_attempt_goes_on_from_a_resumable_stage_though_it_is_not_repeatable()
    {
        var deferred = Given(Requested, Started, Stage).When(new JudgeLostAttempt(1, Now, 0)).ThenOne<ActivityDeferred>();
        Assert.Equal((FailureKind.WorkerLost, Half), (deferred.Kind, deferred.Progress));
        Assert.Equal(Now + AttemptDelay.After(1, 0), deferred.Until);
    }

    [Fact]
    public void An_activity_that_may_be_done_ends_as_unknown_whatever_ends_it()
    {
        var waiting = new ActivityDeferred(1, FailureKind.WorkerLost, "Lost.", null, Shop, 1) { Facts = Deferred.Facts, MaybeDone = true };
        Given(Requested, Started, Stage, waiting).When(new CancelActivity()).ThenOne<ActivityOutcomeUnknown>();
        Given(Requested, Started, Stage, waiting).When(new EndOverdueActivity(DateTimeOffset.MaxValue)).ThenOne<ActivityOutcomeUnknown>();
        Given(Requested, Started, Stage, waiting).When(new RefuseActivity(FailureKind.ConnectionDeleted, "Gone.")).ThenOne<ActivityOutcomeUnknown>();
        Given(Requested, Started, Stage, waiting, Again)
            .When(new RecordOutcome(2, new AttemptOutcome.Failed(FailureKind.InvalidInput, "Expired.", Delivered.No, null), Now, 0)).ThenOne<ActivityOutcomeUnknown>();
        Given(Requested, Started, Stage, waiting, Again).When(new RecordOutcome(2, new AttemptOutcome.Done("sealed"), Now, 0)).ThenOne<ActivitySucceeded>();
        var later = Given(Requested, Started, Stage, waiting, Again)
            .When(new RecordOutcome(2, new AttemptOutcome.Failed(FailureKind.Throttled, "Slow.", Delivered.No, null), Now, 0)).ThenOne<ActivityDeferred>();
        Assert.True(later.MaybeDone);
        Assert.False(Given(Requested, Started with { Repeatable = true }).When(new JudgeLostAttempt(1, Now, 0)).ThenOne<ActivityDeferred>().MaybeDone);
        Assert.True(Given(Requested, Started, Stage).When(new JudgeLostAttempt(1, Now, 0)).ThenOne<ActivityDeferred>().MaybeDone);
    }

    [Fact]
    public void A_failure_that_surely_did_nothing_leaves_no_doubt()
    {
        var deferred = Given(Requested, Started, Stage)
            .When(new RecordOutcome(1, new AttemptOutcome.Failed(FailureKind.Unavailable, "Refused.", Delivered.No, null), Now, 0)).ThenOne<ActivityDeferred>();
        Assert.False(deferred.MaybeDone);
        Given(Requested, Started, Stage, deferred).When(new CancelActivity()).ThenOne<ActivityCancelled>();
    }

    [Theory]
    [InlineData(512, 2)] // the same place again
    [InlineData(100, 2)]
    [InlineData(513, 0)]
    public void Only_a_stage_that_came_further_shortens_the_delay(long done, int tried)
    {
        var again = Stage with { Attempt = 3, Entry = "stage-2", Progress = Half with { Done = done } };
        var deferred = Given(Requested, Started, Stage, Deferred, Again, Deferred with { Attempts = 2 }, Started with { Attempt = 3 }, again)
            .When(new RecordOutcome(3, new AttemptOutcome.Failed(FailureKind.Unavailable, "Down.", Delivered.No, null), Now, 0)).ThenOne<ActivityDeferred>();
        Assert.Equal(Now + AttemptDelay.After(tried, 0), deferred.Until);
    }

    [Fact]
    public void A_stage_of_another_connection_does_not_count() =>
        Given(Requested, Started, Stage, Deferred, Again with { ConnectionId = Guid.NewGuid() }).When(new JudgeLostAttempt(2, Now, 0))
            .ThenOne<ActivityOutcomeUnknown>();

    [Fact]
    public void A_stage_of_an_earlier_attempt_counts_as_well() =>
        Given(Requested, Started, Stage, Deferred, Again).When(new JudgeLostAttempt(2, Now, 0)).ThenOne<ActivityDeferred>();

    [Fact]
    public void A_lost_attempt_whose_last_stage_is_not_resumable_is_unknown() =>
        Given(Requested, Started, Stage, Unsafe with { Entry = "stage-2" }).When(new JudgeLostAttempt(1, Now, 0))
            .ThenOne<ActivityOutcomeUnknown>();

    [Theory]
    [InlineData(FailureKind.Unavailable, true, ActivityStatus.Waiting)]
    [InlineData(FailureKind.Timeout, true, ActivityStatus.Waiting)]
    [InlineData(FailureKind.Unavailable, false, ActivityStatus.Unknown)]
    [InlineData(FailureKind.Internal, true, ActivityStatus.Unknown)]
    [InlineData(FailureKind.InvalidInput, true, ActivityStatus.Unknown)]
    [InlineData(FailureKind.Forbidden, true, ActivityStatus.Failed)]
    [InlineData(FailureKind.ReauthRequired, false, ActivityStatus.Waiting)]
    public void A_failure_in_the_middle_of_a_job_goes_on_only_from_a_resumable_stage(FailureKind kind, bool resumable, ActivityStatus status) =>
        Assert.Equal(status, Given(Requested, Started, Stage with { Resumable = resumable })
            .When(new RecordOutcome(1, new AttemptOutcome.Failed(kind, "As seen.", Delivered.Maybe, null), Now, 0)).Now.Status);

    [Fact]
    public void A_job_of_the_provider_waits_as_long_as_the_connector_says()
    {
        var deferred = Pend(TimeSpan.FromSeconds(20)).ThenOne<ActivityDeferred>();
        Assert.Equal(
            (FailureKind.ProviderJob, Now.AddSeconds(20), 1, (Guid?)Shop, 3, Half),
            (deferred.Kind, deferred.Until!.Value, deferred.Attempts, deferred.ConnectionId, deferred.CredentialVersion, deferred.Progress!));
    }

    [Fact]
    public void A_job_waits_a_second_at_least_and_until_the_deadline_at_most()
    {
        Assert.Equal(Now.AddSeconds(1), Pend(TimeSpan.Zero).ThenOne<ActivityDeferred>().Until);
        Assert.Equal(Now.AddSeconds(1), Pend(TimeSpan.FromSeconds(-5)).ThenOne<ActivityDeferred>().Until);
        Assert.Equal(Deadline, Pend(TimeSpan.MaxValue).ThenOne<ActivityDeferred>().Until);
    }

    [Fact]
    public void A_job_that_goes_on_at_the_deadline_ends_as_a_timeout()
    {
        var waiting = Deferred with { Kind = FailureKind.ProviderJob };
        var failed = Given(Requested, Started, Stage, waiting).When(new EndOverdueActivity(Deadline)).ThenOne<ActivityFailed>();
        Assert.Equal(FailureKind.Timeout, failed.Kind);
    }

    [Fact]
    public void Attempts_before_the_last_stage_do_not_make_the_next_wait_longer()
    {
        var polls = Enumerable.Range(1, 6).SelectMany(n => (ActivityEvent[])
            [Started with { Attempt = n }, Deferred with { Kind = FailureKind.ProviderJob, Attempts = n }]);
        var deferred = Given([Requested, .. polls, Started with { Attempt = 7 }])
            .When(new RecordOutcome(7, new AttemptOutcome.Failed(FailureKind.Unavailable, "As seen.", Delivered.No, null), Now, 0))
            .ThenOne<ActivityDeferred>();
        Assert.Equal(Now + AttemptDelay.After(1, 0), deferred.Until);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("stage-")]
    [InlineData("stage-1-2")]
    [InlineData("stage-5555555500000000000000000000000")]
    public void A_name_that_leads_to_no_activity_is_no_stage(string entry) => Assert.Null(StageEntry.Activity(entry));

    [Fact]
    public void The_name_of_a_stage_leads_to_its_activity() =>
        Assert.Equal(Shop, StageEntry.Activity(StageEntry.Create(Shop, new Guid("77777777-0000-0000-0000-000000000001"))));

    private static SaveStage Save(int attempt) => new(attempt, "stage-1", Shop, Resumable: true, Half);

    private static Spec<ActivityState, ActivityCommand, ActivityEvent>.Result Pend(TimeSpan after) =>
        Given(Requested, Started, Stage).When(new RecordOutcome(1, new AttemptOutcome.Pending(after), Now, 0));
}
