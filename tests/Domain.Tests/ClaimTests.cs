using Connections.Domain;
using Connections.Domain.Claims;

namespace Domain.Tests;

public sealed class TakeClaimTests : ClaimSpec
{
    [Fact]
    public void A_free_claim_is_taken() => Given().When(new TakeClaim(Mine, First)).Then(new ClaimTaken(Mine, First));

    [Fact]
    public void One_attempt_takes_once() => Given(new ClaimTaken(Mine, First)).When(new TakeClaim(Mine, First)).ThenNothing();

    [Fact]
    public void Renewing_always_appends() =>
        Given(new ClaimTaken(Mine, First)).When(new TakeClaim(Mine, Second)).Then(new ClaimTaken(Mine, Second));

    [Fact]
    public void A_claim_is_taken_over_after_its_holder_was_checked() =>
        Given(new ClaimTaken(Theirs, First)).When(new TakeClaim(Mine, Second)).Then(new ClaimTaken(Mine, Second));

    [Fact]
    public void A_released_claim_can_be_taken_again() =>
        Given(new ClaimTaken(Theirs, First), new ClaimReleased(Theirs, First))
            .When(new TakeClaim(Mine, Second))
            .Then(new ClaimTaken(Mine, Second));
}

public sealed class ReleaseClaimTests : ClaimSpec
{
    [Fact]
    public void An_attempt_releases_the_claim_that_it_took() =>
        Given(new ClaimTaken(Mine, First)).When(new ReleaseClaim(Mine, First)).Then(new ClaimReleased(Mine, First));

    [Fact]
    public void A_claim_is_released_once() =>
        Given(new ClaimTaken(Mine, First), new ClaimReleased(Mine, First)).When(new ReleaseClaim(Mine, First)).ThenNothing();

    [Fact]
    public void An_earlier_attempt_does_not_release_a_renewed_claim() =>
        Given(new ClaimTaken(Mine, First), new ClaimTaken(Mine, Second)).When(new ReleaseClaim(Mine, First)).ThenNothing();

    [Fact]
    public void A_lost_claim_is_not_released() =>
        Given(new ClaimTaken(Mine, First), new ClaimTaken(Theirs, Second)).When(new ReleaseClaim(Mine, First)).ThenNothing();

    [Fact]
    public void A_claim_that_was_never_taken_is_not_released() => Given().When(new ReleaseClaim(Mine, First)).ThenNothing();
}

public sealed class ClaimStreamTests
{
    [Fact]
    public void Equal_names_share_a_stream() =>
        Assert.Equal(ClaimId.ForName("default", "postgres", "Shop"), ClaimId.ForName("default", "postgres", " SHOP "));

    [Theory]
    [InlineData("other", "postgres", "Shop")]
    [InlineData("default", "mysql", "Shop")]
    [InlineData("default", "postgres", "Till")]
    public void A_name_belongs_to_a_workspace_and_a_connector(string workspace, string connector, string name) =>
        Assert.NotEqual(ClaimId.ForName("default", "postgres", "Shop"), ClaimId.ForName(workspace, connector, name));

    [Fact]
    public void The_stream_name_does_not_reveal_the_connection_name() =>
        Assert.Matches("^connectionName-[0-9a-f]{64}$", ClaimId.ForName("default", "postgres", "Shop").Stream);
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
