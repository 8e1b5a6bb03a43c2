using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class AcceptActivityTests : ActivitySpec
{
    private static readonly ActivityRequested FromBus = Requested with { Via = Via.Bus };

    [Fact]
    public void From_the_bus_request_and_beginning_are_one_append() =>
        Given().When(new AcceptActivity(FromBus, new StartActivity(Started))).Then(FromBus, Started);

    [Fact]
    public void What_cannot_begin_now_waits_from_the_first() =>
        Given()
            .When(new AcceptActivity(FromBus, new DeferActivity(0, FailureKind.Busy, "Busy.", null, Shop, 3)))
            .Then(FromBus, new ActivityDeferred(0, FailureKind.Busy, "Busy.", null, Shop, 3) { Facts = NotBegun });

    [Fact]
    public void What_cannot_be_done_has_failed_from_the_first() =>
        Given()
            .When(new AcceptActivity(FromBus, new RefuseActivity(FailureKind.InvalidInput, "No sql.")))
            .Then(FromBus, new ActivityFailed(0, FailureKind.InvalidInput, "No sql.") { Facts = NotBegun });

    [Fact]
    public void A_delivery_that_finds_its_activity_begun_does_nothing() =>
        Given(FromBus, Started).When(new AcceptActivity(FromBus, new StartActivity(Started with { Worker = "worker-2" }))).ThenNothing();

    [Fact]
    public void A_delivery_that_finds_its_activity_waiting_does_not_begin_it() =>
        Given(FromBus, Started, Deferred).When(new AcceptActivity(FromBus, new StartActivity(Started with { Attempt = 2 }))).ThenNothing();

    [Fact]
    public void The_same_id_with_another_body_is_refused_and_the_first_is_untouched() =>
        Given(FromBus)
            .When(new AcceptActivity(FromBus with { BodyHash = "hash-2" }, new StartActivity(Started)))
            .ThenRejected("activity.id-reused");
}
