using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class EndOverdueActivityTests : ActivitySpec
{
    private static readonly EndOverdueActivity AtDeadline = new(Deadline);

    [Fact]
    public void What_no_worker_took_timed_out() => Assert.Equal(
        (0, FailureKind.Timeout, NotBegun), Seen(Given(Requested).When(AtDeadline).ThenOne<ActivityFailed>()));

    [Theory]
    [InlineData(FailureKind.ReauthRequired, FailureKind.ReauthRequired)]
    [InlineData(FailureKind.Throttled, FailureKind.Throttled)]
    [InlineData(FailureKind.Unavailable, FailureKind.Unavailable)]
    [InlineData(FailureKind.Timeout, FailureKind.Timeout)]
    [InlineData(FailureKind.Operator, FailureKind.Operator)]
    [InlineData(FailureKind.ConnectionDeleted, FailureKind.ConnectionDeleted)]
    [InlineData(FailureKind.Busy, FailureKind.Timeout)]
    [InlineData(FailureKind.WorkerLost, FailureKind.Timeout)]
    public void What_waited_fails_with_what_it_waited_for(FailureKind waitedFor, FailureKind failsWith) => Assert.Equal(
        (1, failsWith, Begun),
        Seen(Given(Requested, Started, Deferred with { Kind = waitedFor }).When(AtDeadline).ThenOne<ActivityFailed>()));

    [Fact]
    public void Before_the_deadline_nothing_is_overdue() =>
        Given(Requested).When(new EndOverdueActivity(Deadline.AddTicks(-1))).ThenNothing();

    [Fact]
    public void What_runs_cancels_itself() => Given(Requested, Started).When(AtDeadline).ThenNothing();

    [Fact]
    public void What_has_ended_is_not_overdue() => Given(Requested, Started, Unknown).When(AtDeadline).ThenNothing();

    private static (int, FailureKind, ActivityFacts) Seen(ActivityFailed failed) => (failed.Attempts, failed.Kind, failed.Facts);
}
