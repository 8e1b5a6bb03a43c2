using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class RefuseActivityTests : ActivitySpec
{
    private static readonly RefuseActivity Deleted = new(FailureKind.ConnectionDeleted, "The connection was deleted.");

    [Fact]
    public void An_activity_that_cannot_run_at_all_fails() =>
        Given(Requested)
            .When(Deleted)
            .Then(new ActivityFailed(0, FailureKind.ConnectionDeleted, "The connection was deleted.") { Facts = NotBegun });

    [Fact]
    public void A_waiting_activity_fails_too() =>
        Given(Requested, Started, Deferred)
            .When(Deleted)
            .Then(new ActivityFailed(1, FailureKind.ConnectionDeleted, "The connection was deleted.") { Facts = Begun });

    [Fact]
    public void A_running_activity_may_finish() => Given(Requested, Started).When(Deleted).ThenNothing();

    [Fact]
    public void An_ended_activity_is_unchanged() => Given(Requested, Started, Succeeded).When(Deleted).ThenNothing();
}
