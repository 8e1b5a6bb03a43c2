using Connections.Domain;
using Connections.Domain.Token;
using CsCheck;
using Domain.Tests.Properties;

namespace Domain.Tests.Token;

/// <summary>Refreshes under the lock of the token stream.</summary>
public sealed class RefreshTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TokenRefreshStarted Started = new(1, 1, "t-a");
    private static readonly TokenRefreshed Refreshed = new(1, 1, "t-a", Noon, Rotated: true);
    private static readonly CompleteRefresh Complete = new("t-a", Noon, Rotated: true);
    private static readonly TokenRefreshTakenOver TakenOver = new(1, 1, "t-b", "t-a");
    private static readonly TokenRefreshRefused Dead = new(1, 1, FailureKind.ReauthRequired, "The sign-in was taken back.");
    private static readonly TokenRefreshUnknown Unknown = new(1, 1);

    [Fact]
    public void A_refresh_starts_when_none_is_open() => Given().When(new StartRefresh(1, 1, "t-a")).Then(Started);

    [Fact]
    public void A_refresh_does_not_start_while_another_is_open() => Given(Started).When(new StartRefresh(1, 1, "t-z")).ThenNothing();

    [Fact]
    public void An_existing_version_is_not_created_again() => Given(Started, Refreshed).When(new StartRefresh(1, 1, "t-z")).ThenNothing();

    [Fact]
    public void The_next_version_follows() =>
        Given(Started, Refreshed).When(new StartRefresh(1, 2, "t-c")).Then(new TokenRefreshStarted(1, 2, "t-c", Newest: "t-a"));

    [Fact]
    public void A_shortened_stream_still_names_the_entry_of_the_newest_tokens()
    {
        TokenEvent[] before = [Started, Refreshed];
        TokenEvent[] left = [new TokenRefreshStarted(1, 2, "t-c", "t-a"), new TokenRefreshRefused(1, 2, FailureKind.Unavailable, "Down.")];
        var whole = before.Concat(left).Aggregate(TokenState.Initial, TokenState.Evolve);
        var shortened = left.Aggregate(TokenState.Initial, TokenState.Evolve);
        Assert.Equal(("t-a", 1), (whole.Entry, whole.TokenVersion));
        Assert.Equal(("t-a", 1), (shortened.Entry, shortened.TokenVersion));
        Assert.Equal(whole.CredentialVersion, shortened.CredentialVersion);
    }

    [Fact]
    public void New_credentials_supersede_an_open_refresh_at_once() =>
        Given(Started).When(new StartRefresh(2, 1, "t-c")).Then(new TokenRefreshStarted(2, 1, "t-c"));

    [Fact]
    public void Replaced_credentials_are_not_refreshed() =>
        Given(new TokenRefreshStarted(2, 1, "t-c")).When(new StartRefresh(1, 1, "t-z")).ThenNothing();

    [Fact]
    public void The_owner_completes_its_refresh() => Given(Started).When(Complete).Then(Refreshed);

    [Fact]
    public void A_late_owner_completes_nothing() => Given(Started, TakenOver).When(Complete).ThenNothing();

    [Fact]
    public void An_owner_whose_credentials_were_replaced_completes_nothing() =>
        Given(Started, new TokenRefreshStarted(2, 1, "t-c")).When(Complete).ThenNothing();

    [Fact]
    public void A_waiting_host_takes_over() => Given(Started).When(new TakeOverRefresh(1, 1, "t-a", "t-b")).Then(TakenOver);

    [Fact]
    public void An_owner_is_replaced_once() => Given(Started, TakenOver).When(new TakeOverRefresh(1, 1, "t-a", "t-z")).ThenNothing();

    [Fact]
    public void A_new_owner_may_be_replaced_too() =>
        Given(Started, TakenOver).When(new TakeOverRefresh(1, 1, "t-b", "t-c")).Then(new TokenRefreshTakenOver(1, 1, "t-c", "t-b"));

    [Fact]
    public void A_rejection_ends_the_grant() => Given(Started).When(new RefuseRefresh("t-a", Dead.Kind, Dead.Message)).Then(Dead);

    [Fact]
    public void A_rejected_grant_is_not_refreshed() => Given(Started, Dead).When(new StartRefresh(1, 1, "t-z")).ThenNothing();

    [Fact]
    public void A_person_may_request_another_refresh_of_a_rejected_grant() =>
        Given(Started, Dead).When(new StartRefresh(1, 1, "t-c", Again: true)).Then(new TokenRefreshStarted(1, 1, "t-c"));

    [Theory]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.Timeout)]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.Operator)]
    public void Any_other_failure_permits_another_refresh(FailureKind kind) =>
        Given(Started, new TokenRefreshRefused(1, 1, kind, "Not now."))
            .When(new StartRefresh(1, 1, "t-c"))
            .Then(new TokenRefreshStarted(1, 1, "t-c"));

    [Fact]
    public void An_unknown_result_means_that_the_grant_is_lost() => Given(Started, TakenOver).When(new LoseRefresh("t-b")).Then(Unknown);

    [Fact]
    public void A_lost_token_is_never_sent_again() =>
        Given(Started, TakenOver, Unknown).When(new StartRefresh(1, 1, "t-z", Again: true)).ThenNothing();

    [Fact]
    public void New_credentials_can_be_refreshed_after_a_loss() =>
        Given(Started, TakenOver, Unknown).When(new StartRefresh(2, 1, "t-c")).Then(new TokenRefreshStarted(2, 1, "t-c"));

    [Fact]
    public void Tokens_are_closed_once_no_refresh_is_open()
    {
        Given(Started).When(new CloseTokens()).ThenNothing();
        Given(Started, Refreshed).When(new CloseTokens()).Then(new TokenClosed());
    }

    [Fact]
    public void No_refresh_starts_after_closing() => Given(new TokenClosed()).When(new StartRefresh(1, 1, "t-z")).ThenNothing();

    [Fact]
    public void A_version_is_created_once_and_by_its_owner_for_any_commands_in_any_order() => Commands.Sample(
        commands =>
        {
            var walk = new RandomWalk<TokenState, TokenCommand, TokenEvent>(TokenDecider.Decider, TokenDecider.Names);
            foreach (var command in commands) walk.Send(command);
            var made = walk.Events.OfType<TokenRefreshed>().Select(e => (e.CredentialVersion, e.TokenVersion)).ToList();
            Assert.Equal(made.Distinct(), made);
            Assert.Equal(made.Order(), made);
            string? owner = null;
            foreach (var e in walk.Events)
            {
                if (e is TokenRefreshed refreshed) Assert.Equal(owner, refreshed.Entry);
                owner = e switch { TokenRefreshStarted s => s.Entry, TokenRefreshTakenOver t => t.Entry, _ => null };
            }

            Assert.Empty(walk.Events.SkipWhile(e => e is not TokenClosed).Skip(1));
        },
        iter: 3000,
        print: CommandSequences.Print);

    private static readonly Gen<string> Entry = Gen.Int[1, 6].Select(n => $"t-{n}");
    private static readonly Gen<int> Version = Gen.Int[1, 3];

    private static readonly Gen<List<TokenCommand>> Commands = CommandSequences.OutOfOrder(Gen.OneOf<TokenCommand>(
        Gen.Select(Version, Version, Entry, Gen.Bool, (c, t, entry, again) => new StartRefresh(c, t, entry, again)),
        Gen.Select(Version, Version, Entry, Entry, (c, t, former, entry) => new TakeOverRefresh(c, t, former, entry)),
        Entry.Select(entry => new CompleteRefresh(entry, Noon, false)),
        Gen.Select(Entry, Gen.Bool, (entry, dead) =>
            new RefuseRefresh(entry, dead ? FailureKind.ReauthRequired : FailureKind.Unavailable, "No.")),
        Entry.Select(entry => new LoseRefresh(entry)),
        Gen.Int[0, 9].Select(n => n == 0 ? new CloseTokens() : (TokenCommand)new LoseRefresh("none"))));

    private static Spec<TokenState, TokenCommand, TokenEvent> Given(params TokenEvent[] events) =>
        new(TokenDecider.Decider, TokenDecider.Names, events);
}
