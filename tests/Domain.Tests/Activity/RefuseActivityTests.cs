using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class RefuseActivityTests : ActivitySpec
{
    private static readonly RefuseActivity Deleted = new(FailureKind.ConnectionDeleted, "The connection was deleted.");

    [Fact]
    public void What_cannot_be_done_at_all_fails() =>
        Given(Requested)
            .When(Deleted)
            .Then(new ActivityFailed(0, FailureKind.ConnectionDeleted, "The connection was deleted.") { Facts = NotBegun });

    [Fact]
    public void What_waits_fails_too() =>
        Given(Requested, Started, Deferred)
            .When(Deleted)
            .Then(new ActivityFailed(1, FailureKind.ConnectionDeleted, "The connection was deleted.") { Facts = Begun });

    [Fact]
    public void What_runs_may_finish() => Given(Requested, Started).When(Deleted).ThenNothing();

    [Fact]
    public void What_has_ended_stays_as_it_is() => Given(Requested, Started, Succeeded).When(Deleted).ThenNothing();
}
