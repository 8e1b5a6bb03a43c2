using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class AcceptActivityTests : ActivitySpec
{
    private static readonly ActivityRequested FromBus = Requested with { Via = Via.Bus };

    [Fact]
    public void A_request_from_the_bus_and_its_start_are_one_append() =>
        Given().When(new AcceptActivity(FromBus, new StartActivity(Started))).Then(FromBus, Started);

    [Fact]
    public void An_activity_that_cannot_begin_now_is_deferred_in_the_same_append() =>
        Given()
            .When(new AcceptActivity(FromBus, new DeferActivity(0, FailureKind.Busy, "Busy.", null, Shop, 3)))
            .Then(FromBus, new ActivityDeferred(0, FailureKind.Busy, "Busy.", null, Shop, 3) { Facts = NotBegun });

    [Fact]
    public void An_activity_that_cannot_run_at_all_fails_in_the_same_append() =>
        Given()
            .When(new AcceptActivity(FromBus, new RefuseActivity(FailureKind.InvalidInput, "No sql.")))
            .Then(FromBus, new ActivityFailed(0, FailureKind.InvalidInput, "No sql.") { Facts = NotBegun });

    [Fact]
    public void A_delivery_for_a_started_activity_changes_nothing() =>
        Given(FromBus, Started).When(new AcceptActivity(FromBus, new StartActivity(Started with { Worker = "worker-2" }))).ThenNothing();

    [Fact]
    public void A_delivery_for_a_waiting_activity_does_not_start_it() =>
        Given(FromBus, Started, Deferred).When(new AcceptActivity(FromBus, new StartActivity(Started with { Attempt = 2 }))).ThenNothing();

    [Fact]
    public void The_same_id_with_another_body_is_rejected_and_the_first_activity_is_unchanged() =>
        Given(FromBus)
            .When(new AcceptActivity(FromBus with { BodyHash = "hash-2" }, new StartActivity(Started)))
            .ThenRejected("activity.id-reused");
}
