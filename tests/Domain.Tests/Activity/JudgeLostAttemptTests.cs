using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class JudgeLostAttemptTests : ActivitySpec
{
    private static readonly JudgeLostAttempt Lost = new(1, Now, 0.5);

    [Fact]
    public void A_lost_repeatable_activity_runs_again_after_a_delay()
    {
        var deferred = Given(Requested, Started with { Repeatable = true }).When(Lost).ThenOne<ActivityDeferred>();
        Assert.Equal(FailureKind.WorkerLost, deferred.Kind);
        Assert.Equal(Now + AttemptDelay.After(1, 0.5), deferred.Until);
        Assert.Equal((1, (Guid?)Shop, 3), (deferred.Attempts, deferred.ConnectionId, deferred.CredentialVersion));
    }

    [Fact]
    public void The_outcome_of_a_lost_unrepeatable_activity_is_unknown()
    {
        var unknown = Given(Requested, Started).When(Lost).ThenOne<ActivityOutcomeUnknown>();
        Assert.Equal((1, FailureKind.Timeout, Begun), (unknown.Attempt, unknown.Kind, unknown.Facts));
    }

    [Fact]
    public void An_attempt_that_was_followed_by_another_cannot_be_lost() =>
        Given(Requested, Started, Deferred, Started with { Attempt = 2 }).When(Lost).ThenNothing();

    [Fact]
    public void A_waiting_activity_cannot_be_lost() => Given(Requested, Started, Deferred).When(Lost).ThenNothing();

    [Fact]
    public void An_ended_activity_cannot_be_lost() => Given(Requested, Started, Succeeded).When(Lost).ThenNothing();
}
