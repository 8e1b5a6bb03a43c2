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
    public void What_was_seen_is_recorded() => Given(Created).When(Passed).Then(Ok);

    [Fact]
    public void One_try_reported_twice_is_recorded_once() =>
        Given(Created, Unavailable)
            .When(new RecordTest(Probe, Outcome.Unavailable, "No route to host.", 1, Requested: false))
            .ThenNothing();

    [Fact]
    public void A_try_with_replaced_credentials_changes_nothing() =>
        Given(Created, Reconnected)
            .When(new RecordTest(OtherProbe, Outcome.ReauthRequired, "The password was refused.", 1, Requested: true))
            .ThenNothing();

    [Fact]
    public void A_provider_that_answers_again_is_reachable_again() =>
        Assert.Equal(ConnectionStatus.Connected, Given(Created, Unavailable).When(Passed).Now.Status);

    [Fact]
    public void Refused_credentials_mark_the_connection() =>
        Given(Created)
            .When(new RecordTest(OtherProbe, Outcome.ReauthRequired, "The password was refused.", 1, Requested: false))
            .Then(
                new ConnectionTested(OtherProbe, Outcome.ReauthRequired, "The password was refused.", 1, Requested: false),
                new ConnectionReauthRequired("The password was refused.", 1));

    [Fact]
    public void A_schedule_has_nothing_to_say_of_a_dead_grant() => Given(Created, Refused).When(Passed).ThenNothing();

    [Fact]
    public void A_persons_test_that_passes_mends_with_the_same_entry_and_a_new_version() =>
        Given(Created, Refused)
            .When(PersonPassed)
            .Then(Ok with { Requested = true }, new ConnectionReconnected(2, "v1-a", Settings, Masked, Shop, [ByServer, ByAddress], SameGrant: true));

    [Fact]
    public void A_test_that_mends_a_sign_in_names_its_newest_tokens_and_never_those_that_were_renewed() =>
        Given(Created, Refused)
            .When(PersonPassed with { VaultEntry = "t-2" })
            .Then(Ok with { Requested = true }, new ConnectionReconnected(2, "t-2", Settings, Masked, Shop, [ByServer, ByAddress], SameGrant: true));

    [Fact]
    public void While_somebody_renews_the_tokens_a_test_mends_nothing() =>
        Given(Created, Refused).When(PersonPassed with { VaultEntry = "t-2", Renewing = true }).Then(Ok with { Requested = true });

    [Fact]
    public void A_persons_test_that_fails_leaves_it_to_be_mended() =>
        Given(Created, Refused)
            .When(PersonPassed with { Outcome = Outcome.Unavailable, Message = "No route to host." })
            .Then(new ConnectionTested(OtherProbe, Outcome.Unavailable, "No route to host.", 1, Requested: true));

    [Fact]
    public void A_new_identity_is_kept_with_the_old_ones() =>
        Given(Created)
            .When(Passed with { Account = Better, Fingerprints = [ByServer, "f-new"] })
            .Then(Ok with { Account = Better, Fingerprints = [ByServer, ByAddress, "f-new"] });

    [Fact]
    public void Known_identities_are_not_repeated() =>
        Given(Created).When(Passed with { Account = Better, Fingerprints = [ByServer] }).Then(Ok);

    [Fact]
    public void Nothing_is_learned_of_the_account_from_a_failure() =>
        Given(Created)
            .When(Passed with { Outcome = Outcome.Unavailable, Account = Better, Fingerprints = ["f-new"] })
            .Then(Ok with { Outcome = Outcome.Unavailable });

    [Fact]
    public void A_new_identity_confirms_its_claim() => Assert.Contains(
        "f-new", Given(Created).When(Passed with { Account = Better, Fingerprints = ["f-new"] }).Now.Live!.Fingerprints);

    [Fact]
    public void A_test_that_mends_keeps_what_it_learned_of_the_account()
    {
        var mended = Given(Created, Refused).When(PersonPassed with { Account = Better, Fingerprints = [ByServer, "f-new"] });
        mended.Then(
            Ok with { Requested = true, Account = Better, Fingerprints = [ByServer, ByAddress, "f-new"] },
            new ConnectionReconnected(2, "v1-a", Settings, Masked, Better, [ByServer, ByAddress, "f-new"], SameGrant: true));
        Assert.Contains("f-new", mended.Now.Live!.Fingerprints);
    }
}
