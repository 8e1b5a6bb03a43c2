using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class RequestActivityTests : ActivitySpec
{
    [Fact]
    public void A_request_is_recorded() => Given().When(new RequestActivity(Requested)).Then(Requested);

    [Fact]
    public void The_same_id_with_the_same_body_is_the_same_activity() =>
        Given(Requested, Started)
            .When(new RequestActivity(Requested with { Deadline = Deadline.AddHours(1), Input = "sealed-anew" }))
            .ThenNothing();

    [Fact]
    public void The_same_id_with_another_body_is_rejected() =>
        Given(Requested).When(new RequestActivity(Requested with { BodyHash = "hash-2" })).ThenRejected("activity.id-reused");

    [Fact]
    public void An_end_does_not_free_the_id() =>
        Given(Requested, Started, Succeeded)
            .When(new RequestActivity(Requested with { BodyHash = "hash-2" }))
            .ThenRejected("activity.id-reused");
}
