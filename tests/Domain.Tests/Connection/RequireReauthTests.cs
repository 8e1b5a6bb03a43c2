using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class RequireReauthTests : ConnectionSpec
{
    private static readonly RequireReauth Requirement = new("The password was refused.", CredentialVersion: 1);

    [Fact]
    public void Rejected_credentials_require_a_reconnect() => Given(Created).When(Requirement).Then(Refused);

    [Fact]
    public void Rejected_credentials_take_precedence_over_an_unreachable_provider() =>
        Given(Created, Unavailable).When(Requirement).Then(Refused);

    [Fact]
    public void Several_reports_of_the_same_rejection_are_recorded_once() =>
        Given(Created, Refused).When(Requirement with { Reason = "Seen by another activity." }).ThenNothing();

    [Fact]
    public void A_failure_of_replaced_credentials_changes_nothing() => Given(Created, Reconnected).When(Requirement).ThenNothing();

    [Fact]
    public void A_failure_of_an_unknown_credential_version_changes_nothing() =>
        Given(Created).When(Requirement with { CredentialVersion = 2 }).ThenNothing();

    [Fact]
    public void New_credentials_can_be_rejected_too() =>
        Given(Created, Refused, Reconnected)
            .When(Requirement with { CredentialVersion = 2 })
            .Then(new ConnectionReauthRequired("The password was refused.", 2));

    [Fact]
    public void A_deleted_connection_requires_no_reconnect() => Given(Created, Deleted).When(Requirement).ThenNothing();
}
