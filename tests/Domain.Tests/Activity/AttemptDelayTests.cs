using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class AttemptDelayTests : ActivitySpec
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(4, 10)]
    [InlineData(5, 30)]
    [InlineData(6, 60)]
    [InlineData(7, 120)]
    [InlineData(8, 300)]
    [InlineData(9, 300)]
    [InlineData(1000, 300)]
    public void Each_attempt_waits_longer_up_to_five_minutes(int tried, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), AttemptDelay.After(tried, jitter: 0));
        Assert.Equal(TimeSpan.FromSeconds(seconds * 1.2), AttemptDelay.After(tried, jitter: 1));
    }

    [Theory]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.Timeout)]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.Operator)]
    public void The_wait_after_a_failure_depends_on_the_number_of_attempts(FailureKind kind) =>
        Assert.Equal(
            Now + AttemptDelay.After(3, 0.25),
            Given(Requested, Started with { Attempt = 3 })
                .When(new RecordOutcome(3, new AttemptOutcome.Failed(kind, "As seen.", Delivered.No, null), Now, 0.25))
                .ThenOne<ActivityDeferred>().Until);
}
