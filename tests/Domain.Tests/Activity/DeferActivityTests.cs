using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class DeferActivityTests : ActivitySpec
{
    private static readonly DeferActivity Busy = new(0, FailureKind.Busy, "As many run as may.", null, Shop, 3);

    private static readonly ActivityDeferred IsBusy =
        new(0, FailureKind.Busy, "As many run as may.", null, Shop, 3) { Facts = NotBegun };

    [Fact]
    public void An_activity_that_cannot_begin_now_is_deferred() => Given(Requested).When(Busy).Then(IsBusy);

    [Fact]
    public void A_repeated_deferral_is_recorded_once() => Given(Requested, IsBusy).When(Busy).ThenNothing();

    [Fact]
    public void A_deferral_for_another_reason_is_recorded() =>
        Given(Requested, IsBusy)
            .When(Busy with { Kind = FailureKind.ReauthRequired, Message = "Needs a reconnect." })
            .Then(IsBusy with { Kind = FailureKind.ReauthRequired, Message = "Needs a reconnect." });

    [Fact]
    public void The_next_delivery_without_a_free_slot_is_recorded_at_its_own_revision() =>
        Assert.Equal([IsBusy], ActivityDecider.Decide(Busy, ActivityState.AsSent(Requested, 0)));

    [Fact]
    public void A_deferral_of_an_earlier_attempt_changes_nothing() => Given(Requested, Started, Deferred).When(Busy).ThenNothing();

    [Fact]
    public void A_running_activity_is_not_deferred() => Given(Requested, Started).When(Busy with { Attempts = 1 }).ThenNothing();

    [Fact]
    public void A_deferral_names_the_connection_that_was_found_by_name() =>
        Assert.Equal(
            Shop,
            Given(Requested with { ConnectionId = null, ConnectionName = "Shop" })
                .When(Busy)
                .ThenOne<ActivityDeferred>().Facts.ConnectionId);
}
