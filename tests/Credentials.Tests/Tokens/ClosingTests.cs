using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;

namespace Credentials.Tests.Tokens;

/// <summary>What becomes of the tokens of a deleted connection.</summary>
public sealed class ClosingTests
{
    private static readonly EventMetadata Test = new("default", "test");

    [Fact]
    public async Task The_tokens_are_closed_and_the_newest_is_revoked()
    {
        var room = await TokenScenario.Make();
        room.TokenEnds();
        await Get(room);
        Assert.Equal("yes", await Close(room, Closing(room)));
        Assert.Equal(["refresh-2"], room.Revoked);
        room.TokenEnds();
        Assert.Equal(FailureKind.ConnectionDeleted, (await Get(room)).Kind);
        Assert.Equal(["refresh-1"], room.Sent);
    }

    [Theory]
    [InlineData(true, "yes")]
    [InlineData(false, "no")]
    [InlineData(null, "notSupported")]
    public async Task What_the_provider_said_is_told(bool? revokes, string told)
    {
        var room = await TokenScenario.Make();
        room.Revokes = revokes;
        Assert.Equal(told, await Close(room, Closing(room)));
    }

    [Fact]
    public async Task A_refresh_under_way_is_waited_for_and_what_it_brought_is_revoked()
    {
        var room = await TokenScenario.Make();
        var answer = new TaskCompletionSource<RefreshResult>();
        room.Answer = _ => answer.Task;
        room.TokenEnds();
        var refreshing = Get(room);
        await TestServers.Until.Holds(() => !room.Sent.IsEmpty, "the provider is asked");

        var closing = Closing(room);
        Assert.Null(await Close(room, closing));
        Assert.True(closing.Waits("default", TokenScenario.Signed.Connection));
        Assert.False((await room.State()).Closed);

        answer.SetResult(new RefreshResult.Granted(room.Fresh()));
        Assert.Equal(1, (await refreshing).Version);
        Assert.Equal("yes", await Close(room, closing));
        Assert.False(closing.Waits("default", TokenScenario.Signed.Connection));
        Assert.Equal(["refresh-2"], room.Revoked);
    }

    [Fact]
    public async Task A_refresh_whose_owner_is_not_heard_of_is_given_up_after_a_minute_and_what_it_left_is_revoked()
    {
        var room = await TokenScenario.Make();
        await room.Send(new StartRefresh(1, 1, "t-dead"));
        await room.Vault.Put("default", TokenScenario.Signed.Connection, "t-dead", room.Fresh().Kept, default);
        var closing = Closing(room);
        Assert.Null(await Close(room, closing));
        room.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(await Close(room, closing));
        room.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("yes", await Close(room, closing));
        Assert.Equal(["refresh-2"], room.Revoked);
        Assert.True((await room.State()).Closed);
    }

    [Fact]
    public async Task A_late_owner_of_a_deleted_connection_keeps_nothing()
    {
        var room = await TokenScenario.Make();
        var answer = new TaskCompletionSource<RefreshResult>();
        room.Answer = _ => answer.Task;
        room.TokenEnds();
        var late = Get(room);
        await TestServers.Until.Holds(() => !room.Sent.IsEmpty, "the provider is asked");
        await room.Send(new DeleteConnection());
        var closing = Closing(room);
        await Close(room, closing);
        room.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await Close(room, closing));

        answer.SetResult(new RefreshResult.Granted(room.Fresh()));
        Assert.Equal(FailureKind.ConnectionDeleted, (await late).Kind);
        Assert.Equal(ConnectionStatus.Deleted, (await room.Connection()).Status);
        Assert.Equal(0, (await room.State()).TokenVersion);
    }

    [Fact]
    public async Task Closed_twice_it_is_revoked_again_and_what_was_destroyed_is_not_claimed_to_be_revoked()
    {
        var room = await TokenScenario.Make();
        Assert.Equal("yes", await Close(room, Closing(room)));
        Assert.Equal("yes", await Close(room, Closing(room)));
        await room.Vault.Destroy("default", TokenScenario.Signed.Connection, default);
        Assert.Equal("no", await Close(room, Closing(room)));
        Assert.Equal(2, room.Revoked.Count);
    }

    private static TokenClosing Closing(TokenScenario room) => new(room.Tokens, room.Vault, room, room.Clock);

    private static Task<string?> Close(TokenScenario room, TokenClosing closing) => closing.Close(TokenScenario.Signed, Test, default);

    private static Task<TokenResult> Get(TokenScenario room) => room.Process().Get(TokenScenario.Signed, null, false, default);
}
