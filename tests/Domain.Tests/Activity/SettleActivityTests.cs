using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class SettleActivityTests : ActivitySpec
{
    private const string Note = "The invoice is there.";

    private static readonly ActivityOutcomeUnknown Lost = new(1, FailureKind.Timeout, "No answer.") { Facts = Begun };

    [Fact]
    public void An_unknown_outcome_is_settled_as_done() => Given(Requested, Started, Lost)
        .When(new SettleActivity(true, Note))
        .Then(new ActivitySucceeded(1, null, Note) { Facts = Begun });

    [Fact]
    public void An_unknown_outcome_is_settled_as_not_done_with_its_original_reason() => Given(Requested, Started, Lost)
        .When(new SettleActivity(false, Note))
        .Then(new ActivityFailed(1, FailureKind.Timeout, "No answer.", Note) { Facts = Begun });

    [Fact]
    public void A_settled_activity_cannot_be_settled_the_other_way() =>
        Given(Requested, Started, Lost, new ActivitySucceeded(1, null, Note) { Facts = Begun })
            .When(new SettleActivity(false, Note))
            .ThenRejected("activity.wrong-state");

    [Fact]
    public void An_activity_that_ended_by_itself_cannot_be_settled() =>
        Given(Requested, Started, Failed).When(new SettleActivity(false, Note)).ThenRejected("activity.wrong-state");

    [Fact]
    public void An_unknown_activity_is_not_found() => Given().When(new SettleActivity(true, Note)).ThenRejected("activity.not-found");
}
