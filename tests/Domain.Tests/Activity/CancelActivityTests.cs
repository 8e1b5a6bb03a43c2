using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class CancelActivityTests : ActivitySpec
{
    [Fact]
    public void What_has_not_begun_is_cancelled() => Given(Requested).When(new CancelActivity()).Then(Cancelled);

    [Fact]
    public void What_waits_is_cancelled() =>
        Given(Requested, Started, Deferred).When(new CancelActivity()).Then(new ActivityCancelled(1) { Facts = Begun });

    [Fact]
    public void What_runs_cannot_be_called_back() =>
        Given(Requested, Started).When(new CancelActivity()).ThenRejected("activity.wrong-state");

    [Fact]
    public void What_has_ended_is_not_cancelled() =>
        Given(Requested, Started, Failed).When(new CancelActivity()).ThenRejected("activity.wrong-state");

    [Fact]
    public void Cancelled_is_cancelled() => Given(Requested, Cancelled).When(new CancelActivity()).ThenNothing();

    [Fact]
    public void What_was_never_asked_for_is_not_found() => Given().When(new CancelActivity()).ThenRejected("activity.not-found");

    [Fact]
    public void What_was_cancelled_is_not_begun_by_a_late_delivery() =>
        Given(Requested, Cancelled).When(new StartActivity(Started)).ThenNothing();
}
