using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class AuthorizationTests : ConnectionSpec
{
    [Fact]
    public void A_new_id_is_authorizing_once_a_person_is_sent_to_sign_in() =>
        Assert.Equal(ConnectionStatus.Authorizing, Given().When(new StartAuthorization(SigningIn)).Now.Status);

    [Fact]
    public void One_attempt_starts_once() => Given(SigningIn).When(new StartAuthorization(SigningIn)).ThenNothing();

    [Fact]
    public void The_same_request_again_is_another_attempt() =>
        Given(SigningIn)
            .When(new StartAuthorization(SigningIn with { Attempt = LaterAttempt }))
            .Then(SigningIn with { Attempt = LaterAttempt });

    [Fact]
    public void Another_request_with_the_id_of_a_sign_in_is_rejected() =>
        Given(SigningIn)
            .When(new StartAuthorization(SigningIn with { Attempt = LaterAttempt, Name = "Till" }))
            .ThenRejected("connection.id-reused");

    [Fact]
    public void A_sign_in_to_reconnect_changes_nothing_visible()
    {
        var (before, after) = (Given(Created, Refused).State, Given(Created, Refused).When(new StartAuthorization(SigningIn)).Now);
        Assert.Equal((before.Status, before.Name, before.CredentialVersion), (after.Status, after.Name, after.CredentialVersion));
    }

    [Fact]
    public void The_code_is_received_before_it_is_exchanged() => Given(SigningIn).When(new ReceiveCode(Attempt, Noon)).Then(CodeReceived);

    [Fact]
    public void A_code_that_comes_twice_is_received_once() =>
        Given(SigningIn, CodeReceived).When(new ReceiveCode(Attempt, Noon)).ThenNothing();

    [Fact]
    public void A_code_that_comes_after_ten_minutes_is_stale() =>
        Given(SigningIn).When(new ReceiveCode(Attempt, Noon.AddMinutes(10).AddTicks(1))).ThenRejected("authorization.stale");

    [Theory]
    [InlineData(16)]
    [InlineData(60)]
    [InlineData(100 * 24 * 60)]
    public void A_sign_in_that_was_started_while_the_clock_was_ahead_has_ended_once_it_is_right(int minutes) =>
        Given(SigningIn with { Until = Noon.AddMinutes(minutes) }).When(new ReceiveCode(Attempt, Noon)).ThenRejected("authorization.stale");

    [Fact]
    public void A_sign_in_that_was_started_by_a_host_whose_clock_is_a_little_ahead_can_be_completed() =>
        Given(SigningIn with { Until = Noon.AddMinutes(14) }).When(new ReceiveCode(Attempt, Noon)).Then(CodeReceived);

    [Fact]
    public void A_code_of_an_older_attempt_is_stale() =>
        Given(SigningIn, SigningIn with { Attempt = LaterAttempt })
            .When(new ReceiveCode(Attempt, Noon))
            .ThenRejected("authorization.stale");

    [Fact]
    public void A_code_of_a_sign_in_that_failed_is_stale() =>
        Given(SigningIn, Denied).When(new ReceiveCode(Attempt, Noon)).ThenRejected("authorization.stale");

    [Fact]
    public void A_sign_in_ends_in_the_connection_it_was_for() =>
        Given(SigningIn, CodeReceived).When(new CreateConnection(Created)).Then(Created);

    [Fact]
    public void A_sign_in_does_not_end_in_another_connection() =>
        Given(SigningIn, CodeReceived).When(new CreateConnection(Created with { Name = "Till" })).ThenRejected("connection.id-reused");

    [Fact]
    public void A_sign_in_that_failed_leaves_the_id_free() => Given(SigningIn, Denied).When(new CreateConnection(Created)).Then(Created);

    [Fact]
    public void A_sign_in_fails_once() =>
        Given(SigningIn, Denied).When(new FailAuthorization(Attempt, "access_denied", "Repeated.")).ThenNothing();

    [Fact]
    public void The_failure_of_an_older_attempt_ends_nothing() =>
        Given(SigningIn, SigningIn with { Attempt = LaterAttempt })
            .When(new FailAuthorization(Attempt, "access_denied", "Refused."))
            .ThenNothing();

    [Fact]
    public void A_failed_sign_in_to_reconnect_is_recorded_and_changes_nothing()
    {
        var failed = Given(Created, Refused, SigningIn).When(new FailAuthorization(Attempt, "access_denied", "The sign-in was refused."));
        failed.Then(Denied);
        Assert.Equal(("Shop", ConnectionStatus.ReauthRequired), (failed.Now.Name, failed.Now.Status));
        Assert.Equal(SignInPhase.Failed, failed.Now.SignIn!.Phase);
    }

    [Fact]
    public void Granted_scopes_are_stored_with_the_credentials() =>
        Assert.Equal(
            ["mail.send"], Given(SigningIn, CodeReceived).When(new CreateConnection(Created with { Scopes = ["mail.send"] })).Now.Live!.Scopes);

    [Fact]
    public void A_fenced_claimant_that_is_still_signing_in_is_abandoned() =>
        Given(SigningIn, CodeReceived).When(new FenceConnection(Fence, NameClaim)).Then(Abandoned);

    [Fact]
    public void A_deletion_before_the_sign_in_is_complete_ends_the_sign_in() =>
        Assert.Equal("cancelled", Given(SigningIn).When(new DeleteConnection()).ThenOne<AuthorizationFailed>().Reason);
}
