using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class CancelActivityTests : ActivitySpec
{
    [Fact]
    public void A_requested_activity_is_cancelled() => Given(Requested).When(new CancelActivity()).Then(Cancelled);

    [Fact]
    public void A_waiting_activity_is_cancelled() =>
        Given(Requested, Started, Deferred).When(new CancelActivity()).Then(new ActivityCancelled(1) { Facts = Begun });

    [Fact]
    public void A_running_activity_cannot_be_cancelled() =>
        Given(Requested, Started).When(new CancelActivity()).ThenRejected("activity.wrong-state");

    [Fact]
    public void An_ended_activity_cannot_be_cancelled() =>
        Given(Requested, Started, Failed).When(new CancelActivity()).ThenRejected("activity.wrong-state");

    [Fact]
    public void Cancelling_twice_changes_nothing() => Given(Requested, Cancelled).When(new CancelActivity()).ThenNothing();

    [Fact]
    public void An_unknown_activity_is_not_found() => Given().When(new CancelActivity()).ThenRejected("activity.not-found");

    [Fact]
    public void A_late_delivery_does_not_start_a_cancelled_activity() =>
        Given(Requested, Cancelled).When(new StartActivity(Started)).ThenNothing();
}
