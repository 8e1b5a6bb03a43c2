using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Token;
using TestServers;

namespace Credentials.Tests.Tokens;

/// <summary>A token nears its end and is good, and the provider does not renew it: nobody waits for that, and the provider is not pressed.</summary>
public sealed class PacingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(FailureKind.Unavailable, null, 5)] // at 0, 1, 3, 7 and 15 s
    [InlineData(FailureKind.Throttled, 8, 3)] // at 0, 8 and 16 s
    [InlineData(FailureKind.Throttled, 30, 1)]
    public async Task A_provider_that_fails_is_asked_at_its_pace_however_many_ask(FailureKind kind, int? retryAfter, int asked)
    {
        var room = await NearItsEnd();
        var after = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        room.Answer = _ => Task.FromResult<RefreshResult>(new RefreshResult.Failed(kind, "Not now.", Unsure: false, after));
        var process = room.Process();
        for (var get = 0; get < 20; get++)
        {
            Assert.Equal("access-1", (await Get(process)).Grant!.AccessToken);
            room.Clock.Advance(Second);
        }

        Assert.Equal(asked, room.Sent.Count);
        Assert.Equal(asked * 2, (await room.Log.Read(TokenScenario.TokenStream, default)).Events.Count);
    }

    [Fact]
    public async Task Nobody_waits_for_a_provider_that_hangs()
    {
        var room = await NearItsEnd();
        var answer = new TaskCompletionSource<RefreshResult>();
        room.Answer = _ => answer.Task;
        var process = room.Process();
        var first = Get(process);
        await Until.Holds(() => !room.Sent.IsEmpty, "the provider is asked");
        foreach (var one in Enumerable.Range(0, 19).Select(_ => Get(process)).ToArray()) Assert.Equal("access-1", (await one).Grant!.AccessToken);
        foreach (var one in Enumerable.Range(0, 5).Select(_ => Get(room.Process())).ToArray()) Assert.Equal("access-1", (await one).Grant!.AccessToken);
        await Until.Holds(
            () =>
            {
                if (!first.IsCompleted) room.Clock.Advance(Second);
                return first.IsCompleted;
            },
            "who asked goes on too");
        Assert.Equal("access-1", (await first).Grant!.AccessToken);
        Assert.Single(room.Sent);
        answer.SetResult(new RefreshResult.Granted(room.Fresh()));
        await Until.Holds(async () => (await Get(process)).Grant!.AccessToken == "access-2", "the fresh one serves");
        Assert.Single(room.Sent);
    }

    [Fact]
    public async Task A_refresh_whose_owner_is_dead_is_counted_from_when_it_was_first_seen_though_the_token_serves()
    {
        var room = await NearItsEnd();
        room.ProviderIsSingleUse = false;
        await room.Send(new StartRefresh(1, 1, "t-dead"));
        var process = room.Process();
        Assert.Equal("access-1", (await Get(process)).Grant!.AccessToken);
        room.Clock.Advance(TokenTimes.TakeOverAfter - Second);
        Assert.Equal("access-1", (await Get(process)).Grant!.AccessToken);
        Assert.Empty(room.Sent);
        room.Clock.Advance(Second);
        Assert.Equal("access-2", (await Get(process)).Grant!.AccessToken);
    }

    [Fact]
    public async Task A_provider_is_not_asked_before_it_wants_to_be_and_who_asks_hears_when()
    {
        var room = await TokenScenario.Make();
        var answer = room.Answer;
        room.Answer = _ => Task.FromResult<RefreshResult>(
            new RefreshResult.Failed(FailureKind.Throttled, "Slow down.", Unsure: false, TimeSpan.FromSeconds(90)));
        room.TokenEnds();
        var process = room.Process();
        foreach (var left in new[] { 90, 60, 30 })
        {
            var found = await Get(process);
            Assert.Equal((FailureKind.Throttled, TimeSpan.FromSeconds(left)), (found.Kind, found.RetryAfter));
            room.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Single(room.Sent);
        room.Answer = answer;
        Assert.Equal(1, (await Get(process)).Version);
    }

    [Fact]
    public async Task A_process_that_ends_waits_for_what_it_asked_for()
    {
        var room = await NearItsEnd();
        var answer = new TaskCompletionSource<RefreshResult>();
        room.Answer = _ => answer.Task;
        var process = room.Process();
        var asked = Get(process);
        await Until.Holds(() => !room.Sent.IsEmpty, "the provider is asked");
        var ended = process.DisposeAsync();
        Assert.False(ended.IsCompleted);
        answer.SetResult(new RefreshResult.Granted(room.Fresh()));
        await ended;
        Assert.Equal(1, (await room.State()).TokenVersion);
        await asked;
    }

    [Fact]
    public async Task A_process_that_ends_does_not_wait_for_others()
    {
        var room = await TokenScenario.Make();
        room.TokenEnds();
        await room.Send(new StartRefresh(1, 1, "t-other"));
        var process = room.Process();
        var waiting = Get(process);
        await process.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static async Task<TokenScenario> NearItsEnd()
    {
        var room = await TokenScenario.Make();
        room.Clock.Advance(TokenScenario.Life - TimeSpan.FromMinutes(5));
        return room;
    }

    private static Task<TokenResult> Get(TokenProvider process) => process.Get(TokenScenario.Signed, null, false, default);
}
