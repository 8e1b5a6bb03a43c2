using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class EndOverdueActivityTests : ActivitySpec
{
    private static readonly EndOverdueActivity AtDeadline = new(Deadline);

    [Fact]
    public void An_activity_that_no_worker_started_times_out() => Assert.Equal(
        (0, FailureKind.Timeout, NotBegun), Summary(Given(Requested).When(AtDeadline).ThenOne<ActivityFailed>()));

    [Theory]
    [InlineData(FailureKind.ReauthRequired, FailureKind.ReauthRequired)]
    [InlineData(FailureKind.Throttled, FailureKind.Throttled)]
    [InlineData(FailureKind.Unavailable, FailureKind.Unavailable)]
    [InlineData(FailureKind.Timeout, FailureKind.Timeout)]
    [InlineData(FailureKind.Operator, FailureKind.Operator)]
    [InlineData(FailureKind.ConnectionDeleted, FailureKind.ConnectionDeleted)]
    [InlineData(FailureKind.Busy, FailureKind.Timeout)]
    [InlineData(FailureKind.WorkerLost, FailureKind.Timeout)]
    [InlineData(FailureKind.ProviderJob, FailureKind.Timeout)]
    public void A_waiting_activity_fails_with_the_kind_it_waited_for(FailureKind waitedFor, FailureKind failsWith) => Assert.Equal(
        (1, failsWith, Begun),
        Summary(Given(Requested, Started, Deferred with { Kind = waitedFor }).When(AtDeadline).ThenOne<ActivityFailed>()));

    [Fact]
    public void An_activity_is_not_overdue_before_its_deadline() =>
        Given(Requested).When(new EndOverdueActivity(Deadline.AddTicks(-1))).ThenNothing();

    [Fact]
    public void A_running_activity_is_not_ended_from_outside() => Given(Requested, Started).When(AtDeadline).ThenNothing();

    [Fact]
    public void An_ended_activity_is_not_overdue() => Given(Requested, Started, Unknown).When(AtDeadline).ThenNothing();

    private static (int, FailureKind, ActivityFacts) Summary(ActivityFailed failed) => (failed.Attempts, failed.Kind, failed.Facts);
}
