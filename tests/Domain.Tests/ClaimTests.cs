using Connections.Domain.Claims;

namespace Domain.Tests;

public sealed class TakeClaimTests : ClaimSpec
{
    [Fact]
    public void What_nobody_holds_is_taken() => Given().When(new TakeClaim(Mine, First)).Then(new ClaimTaken(Mine, First));

    [Fact]
    public void One_attempt_takes_once() => Given(new ClaimTaken(Mine, First)).When(new TakeClaim(Mine, First)).ThenNothing();

    [Fact]
    public void Renewing_always_appends() =>
        Given(new ClaimTaken(Mine, First)).When(new TakeClaim(Mine, Second)).Then(new ClaimTaken(Mine, Second));

    [Fact]
    public void Once_the_holder_was_judged_it_is_taken_over() =>
        Given(new ClaimTaken(Theirs, First)).When(new TakeClaim(Mine, Second)).Then(new ClaimTaken(Mine, Second));

    [Fact]
    public void What_was_given_back_is_taken_anew() =>
        Given(new ClaimTaken(Theirs, First), new ClaimReleased(Theirs, First))
            .When(new TakeClaim(Mine, Second))
            .Then(new ClaimTaken(Mine, Second));
}

public sealed class ReleaseClaimTests : ClaimSpec
{
    [Fact]
    public void What_this_attempt_took_is_given_back() =>
        Given(new ClaimTaken(Mine, First)).When(new ReleaseClaim(Mine, First)).Then(new ClaimReleased(Mine, First));

    [Fact]
    public void It_is_given_back_once() =>
        Given(new ClaimTaken(Mine, First), new ClaimReleased(Mine, First)).When(new ReleaseClaim(Mine, First)).ThenNothing();

    [Fact]
    public void A_renewed_claim_is_not_given_back_by_the_attempt_before() =>
        Given(new ClaimTaken(Mine, First), new ClaimTaken(Mine, Second)).When(new ReleaseClaim(Mine, First)).ThenNothing();

    [Fact]
    public void Who_lost_it_has_nothing_to_give_back() =>
        Given(new ClaimTaken(Mine, First), new ClaimTaken(Theirs, Second)).When(new ReleaseClaim(Mine, First)).ThenNothing();

    [Fact]
    public void Where_nothing_was_taken_nothing_is_given_back() => Given().When(new ReleaseClaim(Mine, First)).ThenNothing();
}

public sealed class ClaimStreamTests
{
    [Fact]
    public void Names_that_are_the_same_share_a_stream() =>
        Assert.Equal(ClaimDecider.NameStream("default", "postgres", "Shop"), ClaimDecider.NameStream("default", "postgres", " SHOP "));

    [Theory]
    [InlineData("other", "postgres", "Shop")]
    [InlineData("default", "mysql", "Shop")]
    [InlineData("default", "postgres", "Till")]
    public void A_name_belongs_to_a_workspace_and_a_connector(string workspace, string connector, string name) =>
        Assert.NotEqual(ClaimDecider.NameStream("default", "postgres", "Shop"), ClaimDecider.NameStream(workspace, connector, name));

    [Fact]
    public void The_stream_does_not_tell_the_name() =>
        Assert.Matches("^connectionName-[0-9a-f]{64}$", ClaimDecider.NameStream("default", "postgres", "Shop"));
}

public abstract class ClaimSpec
{
    protected static readonly Guid Mine = new("33333333-0000-0000-0000-000000000001");
    protected static readonly Guid Theirs = new("33333333-0000-0000-0000-000000000002");
    protected static readonly Guid First = new("44444444-0000-0000-0000-000000000001");
    protected static readonly Guid Second = new("44444444-0000-0000-0000-000000000002");

    protected static Spec<ClaimState, ClaimCommand, ClaimEvent> Given(params ClaimEvent[] events) =>
        new(ClaimDecider.Decider, ClaimDecider.Names, events);
}
