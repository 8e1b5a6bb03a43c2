using Connections.Domain.Connection;
using Connections.Domain.Token;

namespace Domain.Tests.Connection;

/// <summary>Warnings of a sign-in that nears its end, and the repair of one that was given up too early.</summary>
public sealed class GrantTests : ConnectionSpec
{
    private static readonly WarnOfExpiry InTwoWeeks = new(Noon.AddDays(14), "idle", 14, 1);
    private static readonly ConnectionExpiring Warned = new(Noon.AddDays(14), "idle", 14, 1);

    [Fact]
    public void A_sign_in_that_nears_its_end_is_warned_of() => Given(Created).When(InTwoWeeks).Then(Warned);

    [Fact]
    public void Each_threshold_is_told_once() => Given(Created, Warned).When(InTwoWeeks).ThenNothing();

    [Fact]
    public void The_next_threshold_is_told_too() =>
        Given(Created, Warned).When(InTwoWeeks with { DaysLeft = 7 }).Then(Warned with { DaysLeft = 7 });

    [Fact]
    public void A_threshold_passed_long_ago_is_not_told_after_a_later_one() =>
        Given(Created, Warned with { DaysLeft = 7 }).When(InTwoWeeks).ThenNothing();

    [Fact]
    public void When_the_end_has_moved_the_warnings_begin_anew() =>
        Given(Created, Warned with { DaysLeft = 1 })
            .When(InTwoWeeks with { ExpiresAt = Noon.AddDays(90) })
            .Then(Warned with { ExpiresAt = Noon.AddDays(90) });

    [Fact]
    public void A_warning_of_replaced_credentials_is_not_told() => Given(Created, Reconnected).When(InTwoWeeks).ThenNothing();

    [Fact]
    public void A_dead_grant_is_not_warned_of() => Given(Created, Refused).When(InTwoWeeks).ThenNothing();

    [Fact]
    public void A_late_owner_repairs_what_was_given_up() =>
        Given(Created, new ConnectionReauthRequired(TokenDecider.Unknown, 1))
            .When(new RepairGrant(1, "t-late"))
            .Then(new ConnectionReconnected(2, "t-late", Settings, Masked, Shop, [ByServer, ByAddress], SameGrant: true));

    [Fact]
    public void A_person_who_was_faster_is_not_overruled() => Given(Created, Refused, Reconnected).When(new RepairGrant(1, "t-late")).ThenNothing();

    [Fact]
    public void A_deleted_connection_is_not_repaired() => Given(Created, Deleted).When(new RepairGrant(1, "t-late")).ThenNothing();
}
