using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class RequireReauthTests : ConnectionSpec
{
    private static readonly RequireReauth Requirement = new("The password was refused.", CredentialVersion: 1);

    [Fact]
    public void Refused_credentials_need_a_person() => Given(Created).When(Requirement).Then(Refused);

    [Fact]
    public void It_precedes_being_unreachable() => Given(Created, Unavailable).When(Requirement).Then(Refused);

    [Fact]
    public void Many_that_meet_the_same_refusal_mark_it_once() =>
        Given(Created, Refused).When(Requirement with { Reason = "Seen by another activity." }).ThenNothing();

    [Fact]
    public void A_failure_of_replaced_credentials_changes_nothing() => Given(Created, Reconnected).When(Requirement).ThenNothing();

    [Fact]
    public void A_failure_of_credentials_that_never_were_changes_nothing() =>
        Given(Created).When(Requirement with { CredentialVersion = 2 }).ThenNothing();

    [Fact]
    public void The_new_credentials_can_be_refused_too() =>
        Given(Created, Refused, Reconnected)
            .When(Requirement with { CredentialVersion = 2 })
            .Then(new ConnectionReauthRequired("The password was refused.", 2));

    [Fact]
    public void A_deleted_connection_needs_nobody() => Given(Created, Deleted).When(Requirement).ThenNothing();
}
