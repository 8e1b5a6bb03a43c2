using Connections.Domain;
using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class RecordTestTests : ConnectionSpec
{
    private static readonly RecordTest Passed = new(OtherProbe, Outcome.Ok, "Connected.", 1, Requested: false);
    private static readonly RecordTest PersonPassed = Passed with { Requested = true };
    private static readonly ConnectionTested Ok = new(OtherProbe, Outcome.Ok, "Connected.", 1, Requested: false);
    private static readonly Account Better = new("7301", "app@shop (primary)", "server");

    [Fact]
    public void A_test_is_recorded() => Given(Created).When(Passed).Then(Ok);

    [Fact]
    public void A_test_names_the_definition_that_tested() =>
        Given(Created).When(Passed with { Definition = "8f3a" }).Then(Ok with { Definition = "8f3a" });

    [Fact]
    public void A_test_that_is_reported_twice_is_recorded_once() =>
        Given(Created, Unavailable)
            .When(new RecordTest(Probe, Outcome.Unavailable, "No route to host.", 1, Requested: false))
            .ThenNothing();

    [Fact]
    public void A_test_of_replaced_credentials_changes_nothing() =>
        Given(Created, Reconnected)
            .When(new RecordTest(OtherProbe, Outcome.ReauthRequired, "The password was refused.", 1, Requested: true))
            .ThenNothing();

    [Fact]
    public void A_provider_that_responds_again_is_reachable_again() =>
        Assert.Equal(ConnectionStatus.Connected, Given(Created, Unavailable).When(Passed).Now.Status);

    [Fact]
    public void Rejected_credentials_require_a_reconnect() =>
        Given(Created)
            .When(new RecordTest(OtherProbe, Outcome.ReauthRequired, "The password was refused.", 1, Requested: false))
            .Then(
                new ConnectionTested(OtherProbe, Outcome.ReauthRequired, "The password was refused.", 1, Requested: false),
                new ConnectionReauthRequired("The password was refused.", 1));

    [Fact]
    public void A_scheduled_check_does_not_change_a_rejected_grant() => Given(Created, Refused).When(Passed).ThenNothing();

    [Fact]
    public void A_passed_test_by_a_person_reconnects_with_the_same_entry_and_a_new_version() =>
        Given(Created, Refused)
            .When(PersonPassed)
            .Then(Ok with { Requested = true }, new ConnectionReconnected(2, "v1-a", Settings, Masked, Shop, [ByServer, ByAddress], SameGrant: true));

    [Fact]
    public void A_test_that_reconnects_a_sign_in_names_the_newest_tokens_and_never_older_ones() =>
        Given(Created, Refused)
            .When(PersonPassed with { VaultEntry = "t-2" })
            .Then(Ok with { Requested = true }, new ConnectionReconnected(2, "t-2", Settings, Masked, Shop, [ByServer, ByAddress], SameGrant: true));

    [Fact]
    public void A_test_during_a_refresh_reconnects_nothing() =>
        Given(Created, Refused).When(PersonPassed with { VaultEntry = "t-2", Renewing = true }).Then(Ok with { Requested = true });

    [Fact]
    public void A_failed_test_by_a_person_leaves_the_reconnect_required() =>
        Given(Created, Refused)
            .When(PersonPassed with { Outcome = Outcome.Unavailable, Message = "No route to host." })
            .Then(new ConnectionTested(OtherProbe, Outcome.Unavailable, "No route to host.", 1, Requested: true));

    [Fact]
    public void A_new_identity_is_added_to_the_existing_ones() =>
        Given(Created)
            .When(Passed with { Account = Better, Fingerprints = [ByServer, "f-new"] })
            .Then(Ok with { Account = Better, Fingerprints = [ByServer, ByAddress, "f-new"] });

    [Fact]
    public void Known_identities_are_not_repeated() =>
        Given(Created).When(Passed with { Account = Better, Fingerprints = [ByServer] }).Then(Ok);

    [Fact]
    public void A_failed_test_adds_no_identity() =>
        Given(Created)
            .When(Passed with { Outcome = Outcome.Unavailable, Account = Better, Fingerprints = ["f-new"] })
            .Then(Ok with { Outcome = Outcome.Unavailable });

    [Fact]
    public void A_new_identity_confirms_its_claim() => Assert.Contains(
        "f-new", Given(Created).When(Passed with { Account = Better, Fingerprints = ["f-new"] }).Now.Live!.Fingerprints);

    [Fact]
    public void A_test_that_reconnects_adds_the_new_identities()
    {
        var reconnected = Given(Created, Refused).When(PersonPassed with { Account = Better, Fingerprints = [ByServer, "f-new"] });
        reconnected.Then(
            Ok with { Requested = true, Account = Better, Fingerprints = [ByServer, ByAddress, "f-new"] },
            new ConnectionReconnected(2, "v1-a", Settings, Masked, Better, [ByServer, ByAddress, "f-new"], SameGrant: true));
        Assert.Contains("f-new", reconnected.Now.Live!.Fingerprints);
    }
}
