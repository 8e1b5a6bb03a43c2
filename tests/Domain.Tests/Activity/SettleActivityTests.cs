using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

public sealed class SettleActivityTests : ActivitySpec
{
    private const string Note = "The invoice is there.";

    private static readonly ActivityOutcomeUnknown Lost = new(1, FailureKind.Timeout, "No answer.") { Facts = Begun };

    [Fact]
    public void What_is_unknown_is_settled_as_done() => Given(Requested, Started, Lost)
        .When(new SettleActivity(true, Note))
        .Then(new ActivitySucceeded(1, null, Note) { Facts = Begun });

    [Fact]
    public void What_is_unknown_is_settled_as_not_done_for_the_reason_it_was_unknown() => Given(Requested, Started, Lost)
        .When(new SettleActivity(false, Note))
        .Then(new ActivityFailed(1, FailureKind.Timeout, "No answer.", Note) { Facts = Begun });

    [Fact]
    public void What_was_settled_one_way_is_not_settled_the_other() =>
        Given(Requested, Started, Lost, new ActivitySucceeded(1, null, Note) { Facts = Begun })
            .When(new SettleActivity(false, Note))
            .ThenRejected("activity.wrong-state");

    [Fact]
    public void What_ended_by_itself_is_not_settled() =>
        Given(Requested, Started, Failed).When(new SettleActivity(false, Note)).ThenRejected("activity.wrong-state");

    [Fact]
    public void What_was_never_asked_for_is_not_found() => Given().When(new SettleActivity(true, Note)).ThenRejected("activity.not-found");
}
