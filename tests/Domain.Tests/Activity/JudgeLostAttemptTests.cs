using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class JudgeLostAttemptTests : ActivitySpec
{
    private static readonly JudgeLostAttempt Lost = new(1, Now, 0.5);

    [Fact]
    public void What_may_be_repeated_is_run_again_but_not_at_once()
    {
        var deferred = Given(Requested, Started with { Repeatable = true }).When(Lost).ThenOne<ActivityDeferred>();
        Assert.Equal(FailureKind.WorkerLost, deferred.Kind);
        Assert.Equal(Now + Backoff.After(1, 0.5), deferred.Until);
        Assert.Equal((1, (Guid?)Shop, 3), (deferred.Attempts, deferred.ConnectionId, deferred.CredentialVersion));
    }

    [Fact]
    public void Of_what_may_not_be_repeated_the_outcome_is_unknown()
    {
        var unknown = Given(Requested, Started).When(Lost).ThenOne<ActivityOutcomeUnknown>();
        Assert.Equal((1, FailureKind.Timeout, Begun), (unknown.Attempt, unknown.Kind, unknown.Facts));
    }

    [Fact]
    public void An_attempt_that_was_followed_by_another_is_not_judged() =>
        Given(Requested, Started, Deferred, Started with { Attempt = 2 }).When(Lost).ThenNothing();

    [Fact]
    public void What_waits_has_no_attempt_to_lose() => Given(Requested, Started, Deferred).When(Lost).ThenNothing();

    [Fact]
    public void What_has_ended_was_not_lost() => Given(Requested, Started, Succeeded).When(Lost).ThenNothing();
}
