using Connections.Domain;
using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class ReconnectConnectionTests : ConnectionSpec
{
    private static readonly ReconnectConnection Reconnect = new("v2-b", Settings, Masked, Shop, [ByServer, ByAddress]);

    [Fact]
    public void New_credentials_are_the_next_version() => Given(Created, Refused).When(Reconnect).Then(Reconnected);

    [Fact]
    public void A_healthy_connection_takes_new_credentials_too() => Given(Created).When(Reconnect).Then(Reconnected);

    [Fact]
    public void An_entry_that_is_live_already_is_not_made_live_again() => Given(Created, Reconnected).When(Reconnect).ThenNothing();

    [Fact]
    public void Each_reconnect_counts() =>
        Given(Created, Reconnected)
            .When(Reconnect with { VaultEntry = "v3-c" })
            .Then(Reconnected with { CredentialVersion = 3, VaultEntry = "v3-c" });

    [Fact]
    public void One_identity_in_common_is_the_same_account() =>
        Given(Created)
            .When(Reconnect with { Fingerprints = ["f-new", ByAddress] })
            .Then(Reconnected with { Fingerprints = ["f-new", ByAddress] });

    [Fact]
    public void Another_account_is_refused() =>
        Given(Created, Refused)
            .When(Reconnect with { Account = new Account("99", "other@shop", "server"), Fingerprints = ["f-other"] })
            .ThenRejected("connection.other-account");

    [Fact]
    public void An_identity_learned_by_a_test_counts_as_the_account() =>
        Given(
                Created,
                new ConnectionTested(Probe, Outcome.Ok, "Connected.", 1, false, Shop, [ByServer, ByAddress, "f-learned"]),
                Refused)
            .When(Reconnect with { Fingerprints = ["f-learned"] })
            .Then(Reconnected with { Fingerprints = ["f-learned"] });

    [Fact]
    public void A_deleted_connection_is_not_mended() =>
        Given(Created, Deleted).When(Reconnect).ThenRejected("connection.deleted");

    [Fact]
    public void What_never_was_is_not_mended() => Given().When(Reconnect).ThenRejected("connection.not-found");
}
