using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class StartActivityTests : ActivitySpec
{
    [Fact]
    public void A_requested_activity_is_started() => Given(Requested).When(new StartActivity(Started)).Then(Started);

    [Fact]
    public void A_waiting_activity_is_started_again() =>
        Given(Requested, Started, Deferred)
            .When(new StartActivity(Started with { Attempt = 2, CredentialVersion = 4 }))
            .Then(Started with { Attempt = 2, CredentialVersion = 4 });

    [Fact]
    public void A_delivery_for_a_started_attempt_changes_nothing() =>
        Given(Requested, Started).When(new StartActivity(Started with { Worker = "worker-2" })).ThenNothing();

    [Fact]
    public void A_delivery_for_an_earlier_attempt_changes_nothing() =>
        Given(Requested, Started, Deferred).When(new StartActivity(Started)).ThenNothing();

    [Fact]
    public void A_sent_attempt_is_started_without_reading_the_stream() => Assert.Equal(
        [Started with { Attempt = 3 }],
        ActivityDecider.Decide(new StartActivity(Started with { Attempt = 3 }), ActivityState.AsSent(Requested, 2)));
}
