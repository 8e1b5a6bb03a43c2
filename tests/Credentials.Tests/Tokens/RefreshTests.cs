using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;

namespace Credentials.Tests.Tokens;

/// <summary>What who needs a token gets, and what the provider is asked.</summary>
public sealed class RefreshTests
{
    [Fact]
    public async Task A_token_far_from_its_end_is_given_as_it_is()
    {
        var room = await TokenScenario.Make();
        var found = await Get(room.Process());
        Assert.Equal((0, "access-1"), (found.Version, found.Grant!.AccessToken));
        Assert.Empty(room.Sent);
    }

    [Fact]
    public async Task A_token_that_nears_its_end_is_renewed()
    {
        var room = await TokenScenario.Make();
        var process = room.Process();
        await Get(process);
        room.Clock.Advance(TokenScenario.Life - TimeSpan.FromMinutes(6));
        var found = await Get(process);
        Assert.Equal((1, "access-2"), (found.Version, found.Grant!.AccessToken));
        Assert.Equal(["refresh-1"], room.Sent);
    }

    [Fact]
    public async Task However_many_processes_need_it_the_provider_is_asked_once_for_each_version()
    {
        var room = await TokenScenario.Make();
        var processes = Enumerable.Range(0, 4).Select(_ => room.Process()).ToArray();
        for (var version = 1; version <= 5; version++)
        {
            room.TokenEnds();
            var asked = processes.SelectMany(p => Enumerable.Range(0, 10).Select(_ => Get(p))).ToArray();
            foreach (var one in asked) Assert.Equal(version, (await room.Passing(one)).Version);
        }

        Assert.Equal(["refresh-1", "refresh-2", "refresh-3", "refresh-4", "refresh-5"], room.Sent);
    }

    [Fact]
    public async Task A_refresh_token_that_is_not_returned_stays()
    {
        var room = await TokenScenario.Make();
        room.Answer = _ => Task.FromResult<RefreshResult>(new RefreshResult.Granted(room.Fresh(withRefresh: false)));
        room.TokenEnds();
        await Get(room.Process());
        room.TokenEnds();
        Assert.Equal(2, (await Get(room.Process())).Version);
        Assert.Equal(["refresh-1", "refresh-1"], room.Sent);
    }

    [Fact]
    public async Task A_refused_grant_is_over_and_nobody_asks_again()
    {
        var room = await TokenScenario.Make();
        room.Answer = _ => Failed(FailureKind.ReauthRequired, "The provider answered invalid_grant.");
        room.TokenEnds();
        Assert.Equal((FailureKind.ReauthRequired, "The provider answered invalid_grant."), Why(await Get(room.Process())));
        Assert.Equal((FailureKind.ReauthRequired, "The provider answered invalid_grant."), Why(await Get(room.Process())));
        Assert.Single(room.Sent);
    }

    [Fact]
    public async Task A_person_has_a_refused_grant_tried_once_more()
    {
        var room = await TokenScenario.Make();
        var answer = room.Answer;
        room.Answer = _ => Failed(FailureKind.ReauthRequired, "The provider answered invalid_grant.");
        room.TokenEnds();
        await Get(room.Process());
        room.Answer = answer;
        Assert.Equal(1, (await room.Process().Get(TokenScenario.Signed, null, again: true, default)).Version);
    }

    [Theory]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.Operator)]
    public async Task Any_other_failure_kills_nothing_and_is_not_asked_for_again_at_once(FailureKind kind)
    {
        var room = await TokenScenario.Make();
        var (process, answer) = (room.Process(), room.Answer);
        room.Answer = _ => Failed(kind, "Not now.");
        room.TokenEnds();
        for (var asked = 0; asked < 5; asked++) Assert.Equal((kind, "Not now."), Why(await Get(process)));
        Assert.Single(room.Sent);
        room.Answer = answer;
        room.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await Get(process)).Version);
    }

    [Fact]
    public async Task A_provider_that_is_down_for_a_day_is_asked_every_minute_and_the_grant_lives()
    {
        var room = await TokenScenario.Make();
        var (process, answer) = (room.Process(), room.Answer);
        room.Answer = _ => Failed(FailureKind.Unavailable, "Down.");
        room.TokenEnds();
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            Assert.Equal(FailureKind.Unavailable, (await Get(process)).Kind);
            room.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(24 * 60, room.Sent.Count);
        room.Answer = answer;
        Assert.Equal(1, (await Get(process)).Version);
        Assert.Equal(ConnectionStatus.Connected, (await room.Connection()).Status);
    }

    [Fact]
    public async Task While_the_provider_fails_a_token_that_has_not_ended_serves()
    {
        var room = await TokenScenario.Make();
        room.Answer = _ => Failed(FailureKind.Unavailable, "Down.");
        room.Clock.Advance(TokenScenario.Life - TimeSpan.FromMinutes(2));
        Assert.Equal("access-1", (await Get(room.Process())).Grant!.AccessToken);
        Assert.Single(room.Sent);
    }

    [Fact]
    public async Task An_unexpired_token_that_was_refused_is_renewed_once_whoever_met_the_refusal()
    {
        var room = await TokenScenario.Make();
        var (a, b) = (room.Process(), room.Process());
        Assert.Equal((0, 0), ((await Get(a)).Version, (await Get(b)).Version));
        Assert.Equal(1, (await a.Get(TokenScenario.Signed, refused: 0, again: false, default)).Version);
        Assert.Equal(1, (await b.Get(TokenScenario.Signed, refused: 0, again: false, default)).Version);
        Assert.Equal(["refresh-1"], room.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_met_a_refusal_waits_for_a_token_that_is_being_renewed(bool elsewhere)
    {
        var room = await TokenScenario.Make();
        var process = room.Process();
        Assert.Equal(1, (await process.Get(TokenScenario.Signed, refused: 0, again: false, default)).Version);
        room.Clock.Advance(TokenScenario.Life - TimeSpan.FromMinutes(2));
        var answer = new TaskCompletionSource<RefreshResult>();
        room.Answer = _ => answer.Task;
        if (elsewhere) _ = Get(room.Process());
        await TestServers.Until.Holds(() => room.Sent.Count == (elsewhere ? 2 : 1), "another renews it, or nobody");
        var asked = process.Get(TokenScenario.Signed, refused: 0, again: false, default);
        await TestServers.Until.Holds(() => room.Sent.Count == 2, "it is being renewed");
        for (var second = 0; second < 5 && !asked.IsCompleted; second++) await Second(room); // longer than others wait
        answer.SetResult(new RefreshResult.Granted(room.Fresh()));
        Assert.Equal(2, (await room.Passing(asked)).Version);
    }

    [Fact]
    public async Task Without_a_refresh_token_the_end_of_the_access_token_is_the_end()
    {
        var room = await TokenScenario.Make();
        await room.Vault.Put("default", TokenScenario.Signed.Connection, "v1-b", room.Fresh(withRefresh: false).Kept, default);
        room.TokenEnds();
        var found = await room.Process().Get(TokenScenario.Signed with { Entry = "v1-b" }, null, false, default);
        Assert.Equal(FailureKind.ReauthRequired, found.Kind);
        Assert.Empty(room.Sent);
    }

    [Fact]
    public async Task Where_the_log_names_what_the_vault_has_not_no_old_token_is_sent()
    {
        var room = await TokenScenario.Make();
        room.TokenEnds();
        await Get(room.Process());
        await room.Vault.Destroy("default", TokenScenario.Signed.Connection, default);
        await room.Vault.Put("default", TokenScenario.Signed.Connection, TokenScenario.Signed.Entry, room.Fresh().Kept, default);
        Assert.Equal((FailureKind.ReauthRequired, "vault-older-than-log"), Why(await Get(room.Process())));
        Assert.Single(room.Sent);
    }

    [Fact]
    public async Task Closed_tokens_are_not_renewed()
    {
        var room = await TokenScenario.Make();
        await room.Send(new CloseTokens());
        room.TokenEnds();
        Assert.Equal(FailureKind.ConnectionDeleted, (await Get(room.Process())).Kind);
        Assert.Empty(room.Sent);
    }

    [Fact]
    public async Task Who_gives_up_waiting_does_not_cancel_the_refresh()
    {
        var room = await TokenScenario.Make();
        var answer = new TaskCompletionSource<RefreshResult>();
        room.Answer = _ => answer.Task;
        room.TokenEnds();
        using var impatient = new CancellationTokenSource();
        var asked = room.Process().Get(TokenScenario.Signed, null, false, impatient.Token);
        await TestServers.Until.Holds(() => !room.Sent.IsEmpty, "the provider is asked");
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        answer.SetResult(new RefreshResult.Granted(room.Fresh()));
        await TestServers.Until.Holds(async () => (await room.State()).TokenVersion == 1, "the refresh is completed");
    }

    [Theory]
    [InlineData(3600, 0.0, 360)]
    [InlineData(3600, 1.0, 432)]
    [InlineData(1800, 0.0, 300)]
    [InlineData(10, 0.0, 5)]
    [InlineData(86400, 0.0, 8640)]
    public void The_margin_is_a_tenth_of_the_life_at_least_five_minutes_or_half_of_a_short_life(int life, double chance, int margin) =>
        Assert.Equal(TimeSpan.FromSeconds(margin), TokenTimes.Margin(TimeSpan.FromSeconds(life), chance));

    private static async Task Second(TokenScenario room)
    {
        await room.Passing(Get(room.Process()));
        room.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static Task<TokenResult> Get(TokenProvider process) => process.Get(TokenScenario.Signed, null, false, default);

    private static Task<RefreshResult> Failed(FailureKind kind, string message) =>
        Task.FromResult<RefreshResult>(new RefreshResult.Failed(kind, message, Unsure: false));

    private static (FailureKind, string) Why(TokenResult found)
    {
        Assert.Null(found.Grant);
        return (found.Kind, found.Message);
    }
}
