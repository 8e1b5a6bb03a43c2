using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;

namespace Credentials.Tests.Tokens;

/// <summary>The tokens that callers receive, and the calls that the provider receives.</summary>
public sealed class RefreshTests
{
    [Fact]
    public async Task A_token_far_from_its_end_is_returned_unchanged()
    {
        var scenario = await TokenScenario.Create();
        var found = await Get(scenario.Process());
        Assert.Equal((0, "access-1"), (found.Version, found.Grant!.AccessToken));
        Assert.Empty(scenario.Sent);
    }

    [Fact]
    public async Task A_token_near_its_end_is_refreshed()
    {
        var scenario = await TokenScenario.Create();
        var process = scenario.Process();
        await Get(process);
        scenario.Clock.Advance(TokenScenario.Life - TimeSpan.FromMinutes(6));
        var found = await Get(process);
        Assert.Equal((1, "access-2"), (found.Version, found.Grant!.AccessToken));
        Assert.Equal(["refresh-1"], scenario.Sent);
    }

    [Fact]
    public async Task The_provider_is_called_once_per_version_for_any_number_of_processes()
    {
        var scenario = await TokenScenario.Create();
        var processes = Enumerable.Range(0, 4).Select(_ => scenario.Process()).ToArray();
        for (var version = 1; version <= 5; version++)
        {
            scenario.TokenEnds();
            var calls = processes.SelectMany(p => Enumerable.Range(0, 10).Select(_ => Get(p))).ToArray();
            foreach (var one in calls) Assert.Equal(version, (await scenario.Passing(one)).Version);
        }

        Assert.Equal(["refresh-1", "refresh-2", "refresh-3", "refresh-4", "refresh-5"], scenario.Sent);
    }

    [Fact]
    public async Task A_refresh_token_stays_valid_if_the_provider_returns_none()
    {
        var scenario = await TokenScenario.Create();
        scenario.Respond = _ => Task.FromResult<RefreshResult>(new RefreshResult.Granted(scenario.Fresh(withRefresh: false)));
        scenario.TokenEnds();
        await Get(scenario.Process());
        scenario.TokenEnds();
        Assert.Equal(2, (await Get(scenario.Process())).Version);
        Assert.Equal(["refresh-1", "refresh-1"], scenario.Sent);
    }

    [Fact]
    public async Task A_rejected_grant_has_ended_and_is_not_tried_again()
    {
        var scenario = await TokenScenario.Create();
        scenario.Respond = _ => Failed(FailureKind.ReauthRequired, "The provider answered invalid_grant.");
        scenario.TokenEnds();
        Assert.Equal((FailureKind.ReauthRequired, "The provider answered invalid_grant."), Failure(await Get(scenario.Process())));
        Assert.Equal((FailureKind.ReauthRequired, "The provider answered invalid_grant."), Failure(await Get(scenario.Process())));
        Assert.Single(scenario.Sent);
    }

    [Fact]
    public async Task A_person_may_request_another_refresh_of_a_rejected_grant()
    {
        var scenario = await TokenScenario.Create();
        var response = scenario.Respond;
        scenario.Respond = _ => Failed(FailureKind.ReauthRequired, "The provider answered invalid_grant.");
        scenario.TokenEnds();
        await Get(scenario.Process());
        scenario.Respond = response;
        Assert.Equal(1, (await scenario.Process().Get(TokenScenario.Signed, null, again: true, default)).Version);
    }

    [Theory]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.Throttled)]
    [InlineData(FailureKind.Operator)]
    public async Task Any_other_failure_ends_nothing_and_is_not_retried_at_once(FailureKind kind)
    {
        var scenario = await TokenScenario.Create();
        var (process, response) = (scenario.Process(), scenario.Respond);
        scenario.Respond = _ => Failed(kind, "Not now.");
        scenario.TokenEnds();
        for (var calls = 0; calls < 5; calls++) Assert.Equal((kind, "Not now."), Failure(await Get(process)));
        Assert.Single(scenario.Sent);
        scenario.Respond = response;
        scenario.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await Get(process)).Version);
    }

    [Fact]
    public async Task A_provider_that_is_down_for_a_day_is_called_every_minute_and_the_grant_survives()
    {
        var scenario = await TokenScenario.Create();
        var (process, response) = (scenario.Process(), scenario.Respond);
        scenario.Respond = _ => Failed(FailureKind.Unavailable, "Down.");
        scenario.TokenEnds();
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            Assert.Equal(FailureKind.Unavailable, (await Get(process)).Kind);
            scenario.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(24 * 60, scenario.Sent.Count);
        scenario.Respond = response;
        Assert.Equal(1, (await Get(process)).Version);
        Assert.Equal(ConnectionStatus.Connected, (await scenario.Connection()).Status);
    }

    [Fact]
    public async Task A_valid_token_is_used_while_the_provider_fails()
    {
        var scenario = await TokenScenario.Create();
        scenario.Respond = _ => Failed(FailureKind.Unavailable, "Down.");
        scenario.Clock.Advance(TokenScenario.Life - TimeSpan.FromMinutes(2));
        Assert.Equal("access-1", (await Get(scenario.Process())).Grant!.AccessToken);
        Assert.Single(scenario.Sent);
    }

    [Fact]
    public async Task A_rejected_unexpired_token_is_refreshed_once_for_all_callers()
    {
        var scenario = await TokenScenario.Create();
        var (a, b) = (scenario.Process(), scenario.Process());
        Assert.Equal((0, 0), ((await Get(a)).Version, (await Get(b)).Version));
        Assert.Equal(1, (await a.Get(TokenScenario.Signed, refused: 0, again: false, default)).Version);
        Assert.Equal(1, (await b.Get(TokenScenario.Signed, refused: 0, again: false, default)).Version);
        Assert.Equal(["refresh-1"], scenario.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_with_a_rejected_token_waits_for_the_refresh_under_way(bool elsewhere)
    {
        var scenario = await TokenScenario.Create();
        var process = scenario.Process();
        Assert.Equal(1, (await process.Get(TokenScenario.Signed, refused: 0, again: false, default)).Version);
        scenario.Clock.Advance(TokenScenario.Life - TimeSpan.FromMinutes(2));
        var response = new TaskCompletionSource<RefreshResult>();
        scenario.Respond = _ => response.Task;
        if (elsewhere) _ = Get(scenario.Process());
        await TestServers.Until.Holds(() => scenario.Sent.Count == (elsewhere ? 2 : 1), "another process refreshes, or none");
        var calls = process.Get(TokenScenario.Signed, refused: 0, again: false, default);
        await TestServers.Until.Holds(() => scenario.Sent.Count == 2, "a refresh is under way");
        for (var second = 0; second < 5 && !calls.IsCompleted; second++) await Second(scenario); // longer than other callers wait
        response.SetResult(new RefreshResult.Granted(scenario.Fresh()));
        Assert.Equal(2, (await scenario.Passing(calls)).Version);
    }

    [Fact]
    public async Task A_grant_without_a_refresh_token_ends_with_its_access_token()
    {
        var scenario = await TokenScenario.Create();
        await scenario.Vault.Put(TokenScenario.Signed.Connection, "v1-b", scenario.Fresh(withRefresh: false).Stored, default);
        scenario.TokenEnds();
        var found = await scenario.Process().Get(TokenScenario.Signed with { Entry = "v1-b" }, null, false, default);
        Assert.Equal(FailureKind.ReauthRequired, found.Kind);
        Assert.Empty(scenario.Sent);
    }

    [Fact]
    public async Task No_old_token_is_sent_if_the_vault_lacks_the_entry_that_the_log_names()
    {
        var scenario = await TokenScenario.Create();
        scenario.TokenEnds();
        await Get(scenario.Process());
        await scenario.Vault.Destroy(TokenScenario.Signed.Connection, default);
        await scenario.Vault.Put(TokenScenario.Signed.Connection, TokenScenario.Signed.Entry, scenario.Fresh().Stored, default);
        Assert.Equal((FailureKind.ReauthRequired, "vault-older-than-log"), Failure(await Get(scenario.Process())));
        Assert.Single(scenario.Sent);
    }

    [Fact]
    public async Task Closed_tokens_are_not_refreshed()
    {
        var scenario = await TokenScenario.Create();
        await scenario.Send(new CloseTokens());
        scenario.TokenEnds();
        Assert.Equal(FailureKind.ConnectionDeleted, (await Get(scenario.Process())).Kind);
        Assert.Empty(scenario.Sent);
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_cancel_the_refresh()
    {
        var scenario = await TokenScenario.Create();
        var response = new TaskCompletionSource<RefreshResult>();
        scenario.Respond = _ => response.Task;
        scenario.TokenEnds();
        using var cancelled = new CancellationTokenSource();
        var calls = scenario.Process().Get(TokenScenario.Signed, null, false, cancelled.Token);
        await TestServers.Until.Holds(() => !scenario.Sent.IsEmpty, "the provider is called");
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls);
        response.SetResult(new RefreshResult.Granted(scenario.Fresh()));
        await TestServers.Until.Holds(async () => (await scenario.State()).TokenVersion == 1, "the refresh is completed");
    }

    [Theory]
    [InlineData(3600, 0.0, 360)]
    [InlineData(3600, 1.0, 432)]
    [InlineData(1800, 0.0, 300)]
    [InlineData(10, 0.0, 5)]
    [InlineData(86400, 0.0, 8640)]
    public void The_margin_is_a_tenth_of_the_lifetime_at_least_five_minutes_or_half_of_a_short_lifetime(
        int life, double chance, int margin) =>
        Assert.Equal(TimeSpan.FromSeconds(margin), TokenTimes.Margin(TimeSpan.FromSeconds(life), chance));

    private static async Task Second(TokenScenario scenario)
    {
        await scenario.Passing(Get(scenario.Process()));
        scenario.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static Task<TokenResult> Get(TokenProvider process) => process.Get(TokenScenario.Signed, null, false, default);

    private static Task<RefreshResult> Failed(FailureKind kind, string message) =>
        Task.FromResult<RefreshResult>(new RefreshResult.Failed(kind, message, Unsure: false));

    private static (FailureKind, string) Failure(TokenResult found)
    {
        Assert.Null(found.Grant);
        return (found.Kind, found.Message);
    }
}
