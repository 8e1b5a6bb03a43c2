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
    public void Reconnecting_with_the_live_entry_changes_nothing() => Given(Created, Reconnected).When(Reconnect).ThenNothing();

    [Fact]
    public void Each_reconnect_increments_the_version() =>
        Given(Created, Reconnected)
            .When(Reconnect with { VaultEntry = "v3-c" })
            .Then(Reconnected with { CredentialVersion = 3, VaultEntry = "v3-c" });

    [Fact]
    public void One_identity_in_common_is_the_same_account() =>
        Given(Created)
            .When(Reconnect with { Fingerprints = ["f-new", ByAddress] })
            .Then(Reconnected with { Fingerprints = ["f-new", ByAddress] });

    [Fact]
    public void Another_account_is_rejected() =>
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
    public void A_deleted_connection_cannot_be_reconnected() =>
        Given(Created, Deleted).When(Reconnect).ThenRejected("connection.deleted");

    [Fact]
    public void An_unknown_connection_cannot_be_reconnected() => Given().When(Reconnect).ThenRejected("connection.not-found");
}
