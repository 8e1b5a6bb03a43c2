using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class FenceConnectionTests : ConnectionSpec
{
    private static readonly FenceConnection TakeOver = new(Fence, NameClaim);

    [Fact]
    public void A_claimant_that_was_never_created_is_abandoned() => Given().When(TakeOver).Then(Abandoned);

    [Fact]
    public void A_living_claimant_is_fenced() => Given(Created).When(TakeOver).Then(new ConnectionFenced(Fence, NameClaim));

    [Fact]
    public void One_take_over_fences_once() => Given(Created, new ConnectionFenced(Fence, NameClaim)).When(TakeOver).ThenNothing();

    [Fact]
    public void The_next_take_over_fences_again() =>
        Given(Created, new ConnectionFenced(Fence, NameClaim))
            .When(TakeOver with { Fence = Probe })
            .Then(new ConnectionFenced(Probe, NameClaim));

    [Fact]
    public void A_deleted_claimant_needs_no_fence() => Given(Created, Deleted).When(TakeOver).ThenNothing();

    [Fact]
    public void An_abandoned_claimant_needs_no_fence() => Given(Abandoned).When(TakeOver).ThenNothing();

    [Fact]
    public void A_fence_changes_nothing_visible()
    {
        var (before, fenced) = (Given(Created, Refused).State, Given(Created, Refused).When(TakeOver).Now);
        Assert.Equal((before.Status, before.Name, before.CredentialVersion), (fenced.Status, fenced.Name, fenced.CredentialVersion));
    }
}
