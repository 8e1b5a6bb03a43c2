using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Token;
using TestServers;

namespace Credentials.Tests.Tokens;

/// <summary>
/// A token nears its end, is still valid, and the provider does not refresh it: no caller waits, and the provider is called at a limited
/// rate.
/// </summary>
public sealed class PacingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(FailureKind.Unavailable, null, 5)] // at 0, 1, 3, 7 and 15 s
    [InlineData(FailureKind.Throttled, 8, 3)] // at 0, 8 and 16 s
    [InlineData(FailureKind.Throttled, 30, 1)]
    public async Task A_failing_provider_is_called_at_a_limited_rate_for_any_number_of_callers(FailureKind kind, int? retryAfter, int calls)
    {
        var scenario = await NearItsEnd();
        var after = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        scenario.Respond = _ => Task.FromResult<RefreshResult>(new RefreshResult.Failed(kind, "Not now.", Unsure: false, after));
        var process = scenario.Process();
        for (var get = 0; get < 20; get++)
        {
            Assert.Equal("access-1", (await Get(process)).Grant!.AccessToken);
            scenario.Clock.Advance(Second);
        }

        Assert.Equal(calls, scenario.Sent.Count);
        Assert.Equal(calls * 2, (await scenario.Log.Read(TokenScenario.Signed.Connection.Token.Stream, default)).Events.Count);
    }

    [Fact]
    public async Task No_caller_waits_for_a_provider_that_hangs()
    {
        var scenario = await NearItsEnd();
        var response = new TaskCompletionSource<RefreshResult>();
        scenario.Respond = _ => response.Task;
        var process = scenario.Process();
        var first = Get(process);
        await Until.Holds(() => !scenario.Sent.IsEmpty, "the provider is called");
        foreach (var one in Enumerable.Range(0, 19).Select(_ => Get(process)).ToArray()) Assert.Equal("access-1", (await one).Grant!.AccessToken);
        foreach (var one in Enumerable.Range(0, 5).Select(_ => Get(scenario.Process())).ToArray()) Assert.Equal(
            "access-1", (await one).Grant!.AccessToken);
        await Until.Holds(
            () =>
            {
                if (!first.IsCompleted) scenario.Clock.Advance(Second);
                return first.IsCompleted;
            },
            "the caller continues too");
        Assert.Equal("access-1", (await first).Grant!.AccessToken);
        Assert.Single(scenario.Sent);
        response.SetResult(new RefreshResult.Granted(scenario.Fresh()));
        await Until.Holds(async () => (await Get(process)).Grant!.AccessToken == "access-2", "the new token is used");
        Assert.Single(scenario.Sent);
    }

    [Fact]
    public async Task The_wait_for_a_dead_owner_starts_when_first_seen_even_while_the_token_is_valid()
    {
        var scenario = await NearItsEnd();
        scenario.ProviderIsSingleUse = false;
        await scenario.Send(new StartRefresh(1, 1, "t-dead"));
        var process = scenario.Process();
        Assert.Equal("access-1", (await Get(process)).Grant!.AccessToken);
        scenario.Clock.Advance(TokenTimes.TakeOverAfter - Second);
        Assert.Equal("access-1", (await Get(process)).Grant!.AccessToken);
        Assert.Empty(scenario.Sent);
        scenario.Clock.Advance(Second);
        Assert.Equal("access-2", (await Get(process)).Grant!.AccessToken);
    }

    [Fact]
    public async Task A_provider_is_not_called_before_its_retry_delay_and_callers_receive_the_remaining_delay()
    {
        var scenario = await TokenScenario.Create();
        var response = scenario.Respond;
        scenario.Respond = _ => Task.FromResult<RefreshResult>(
            new RefreshResult.Failed(FailureKind.Throttled, "Slow down.", Unsure: false, TimeSpan.FromSeconds(90)));
        scenario.TokenEnds();
        var process = scenario.Process();
        foreach (var left in new[] { 90, 60, 30 })
        {
            var found = await Get(process);
            Assert.Equal((FailureKind.Throttled, TimeSpan.FromSeconds(left)), (found.Kind, found.RetryAfter));
            scenario.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Single(scenario.Sent);
        scenario.Respond = response;
        Assert.Equal(1, (await Get(process)).Version);
    }

    [Fact]
    public async Task A_stopping_process_waits_for_its_own_provider_call()
    {
        var scenario = await NearItsEnd();
        var response = new TaskCompletionSource<RefreshResult>();
        scenario.Respond = _ => response.Task;
        var process = scenario.Process();
        var calls = Get(process);
        await Until.Holds(() => !scenario.Sent.IsEmpty, "the provider is called");
        var ended = process.DisposeAsync();
        Assert.False(ended.IsCompleted);
        response.SetResult(new RefreshResult.Granted(scenario.Fresh()));
        await ended;
        Assert.Equal(1, (await scenario.State()).TokenVersion);
        await calls;
    }

    [Fact]
    public async Task A_stopping_process_does_not_wait_for_other_owners()
    {
        var scenario = await TokenScenario.Create();
        scenario.TokenEnds();
        await scenario.Send(new StartRefresh(1, 1, "t-other"));
        var process = scenario.Process();
        var waiting = Get(process);
        await process.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static async Task<TokenScenario> NearItsEnd()
    {
        var scenario = await TokenScenario.Create();
        scenario.Clock.Advance(TokenScenario.Life - TimeSpan.FromMinutes(5));
        return scenario;
    }

    private static Task<TokenResult> Get(TokenProvider process) => process.Get(TokenScenario.Signed, null, false, default);
}
