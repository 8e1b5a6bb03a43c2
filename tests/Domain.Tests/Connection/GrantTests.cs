using Connections.Domain.Connection;
using Connections.Domain.Token;

namespace Domain.Tests.Connection;

/// <summary>Warnings before the end of a sign-in, and the repair of a grant that was declared lost too early.</summary>
public sealed class GrantTests : ConnectionSpec
{
    private static readonly WarnOfExpiry InTwoWeeks = new(Noon.AddDays(14), "idle", 14, 1);
    private static readonly ConnectionExpiring Warned = new(Noon.AddDays(14), "idle", 14, 1);

    [Fact]
    public void A_warning_precedes_the_end_of_a_sign_in() => Given(Created).When(InTwoWeeks).Then(Warned);

    [Fact]
    public void Each_threshold_causes_one_warning() => Given(Created, Warned).When(InTwoWeeks).ThenNothing();

    [Fact]
    public void The_next_threshold_causes_another_warning() =>
        Given(Created, Warned).When(InTwoWeeks with { DaysLeft = 7 }).Then(Warned with { DaysLeft = 7 });

    [Fact]
    public void An_earlier_threshold_causes_no_warning_after_a_later_one() =>
        Given(Created, Warned with { DaysLeft = 7 }).When(InTwoWeeks).ThenNothing();

    [Fact]
    public void The_warnings_start_again_when_the_end_has_moved() =>
        Given(Created, Warned with { DaysLeft = 1 })
            .When(InTwoWeeks with { ExpiresAt = Noon.AddDays(90) })
            .Then(Warned with { ExpiresAt = Noon.AddDays(90) });

    [Fact]
    public void Replaced_credentials_cause_no_warning() => Given(Created, Reconnected).When(InTwoWeeks).ThenNothing();

    [Fact]
    public void A_rejected_grant_causes_no_warning() => Given(Created, Refused).When(InTwoWeeks).ThenNothing();

    [Fact]
    public void A_late_owner_repairs_a_grant_that_was_declared_lost() =>
        Given(Created, new ConnectionReauthRequired(TokenDecider.Unknown, 1))
            .When(new RepairGrant(1, "t-late"))
            .Then(new ConnectionReconnected(2, "t-late", Settings, Masked, Shop, [ByServer, ByAddress], SameGrant: true));

    [Fact]
    public void A_late_owner_does_not_override_a_reconnect_by_a_person() =>
        Given(Created, Refused, Reconnected).When(new RepairGrant(1, "t-late")).ThenNothing();

    [Fact]
    public void A_deleted_connection_is_not_repaired() => Given(Created, Deleted).When(new RepairGrant(1, "t-late")).ThenNothing();
}
