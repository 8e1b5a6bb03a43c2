using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;

namespace Credentials.Tests.Tokens;

/// <summary>Closing the tokens of a deleted connection.</summary>
public sealed class ClosingTests
{
    private static readonly EventMetadata Test = new("default", "test");

    [Fact]
    public async Task The_tokens_are_closed_and_the_newest_is_revoked()
    {
        var scenario = await TokenScenario.Create();
        scenario.TokenEnds();
        await Get(scenario);
        Assert.Equal("yes", await Close(scenario, Closing(scenario)));
        Assert.Equal(["refresh-2"], scenario.Revoked);
        scenario.TokenEnds();
        Assert.Equal(FailureKind.ConnectionDeleted, (await Get(scenario)).Kind);
        Assert.Equal(["refresh-1"], scenario.Sent);
    }

    [Theory]
    [InlineData(true, "yes")]
    [InlineData(false, "no")]
    [InlineData(null, "notSupported")]
    public async Task The_result_of_the_revocation_is_returned(bool? revokes, string expected)
    {
        var scenario = await TokenScenario.Create();
        scenario.Revokes = revokes;
        Assert.Equal(expected, await Close(scenario, Closing(scenario)));
    }

    [Fact]
    public async Task Closing_waits_for_an_open_refresh_and_revokes_its_tokens()
    {
        var scenario = await TokenScenario.Create();
        var response = new TaskCompletionSource<RefreshResult>();
        scenario.Respond = _ => response.Task;
        scenario.TokenEnds();
        var refreshing = Get(scenario);
        await TestServers.Until.Holds(() => !scenario.Sent.IsEmpty, "the provider is called");

        var closing = Closing(scenario);
        Assert.Null(await Close(scenario, closing));
        Assert.True(closing.Waits(TokenScenario.Signed.Connection));
        Assert.False((await scenario.State()).Closed);

        response.SetResult(new RefreshResult.Granted(scenario.Fresh()));
        Assert.Equal(1, (await refreshing).Version);
        Assert.Equal("yes", await Close(scenario, closing));
        Assert.False(closing.Waits(TokenScenario.Signed.Connection));
        Assert.Equal(["refresh-2"], scenario.Revoked);
    }

    [Fact]
    public async Task A_refresh_without_a_report_is_abandoned_after_a_minute_and_its_stored_tokens_are_revoked()
    {
        var scenario = await TokenScenario.Create();
        await scenario.Send(new StartRefresh(1, 1, "t-dead"));
        await scenario.Vault.Put(TokenScenario.Signed.Connection, "t-dead", scenario.Fresh().Stored, default);
        var closing = Closing(scenario);
        Assert.Null(await Close(scenario, closing));
        scenario.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(await Close(scenario, closing));
        scenario.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("yes", await Close(scenario, closing));
        Assert.Equal(["refresh-2"], scenario.Revoked);
        Assert.True((await scenario.State()).Closed);
    }

    [Fact]
    public async Task A_late_owner_of_a_deleted_connection_stores_nothing()
    {
        var scenario = await TokenScenario.Create();
        var response = new TaskCompletionSource<RefreshResult>();
        scenario.Respond = _ => response.Task;
        scenario.TokenEnds();
        var late = Get(scenario);
        await TestServers.Until.Holds(() => !scenario.Sent.IsEmpty, "the provider is called");
        await scenario.Send(new DeleteConnection());
        var closing = Closing(scenario);
        await Close(scenario, closing);
        scenario.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await Close(scenario, closing));

        response.SetResult(new RefreshResult.Granted(scenario.Fresh()));
        Assert.Equal(FailureKind.ConnectionDeleted, (await late).Kind);
        Assert.Equal(ConnectionStatus.Deleted, (await scenario.Connection()).Status);
        Assert.Equal(0, (await scenario.State()).TokenVersion);
    }

    [Fact]
    public async Task A_repeated_close_revokes_again_but_not_after_the_secrets_were_destroyed()
    {
        var scenario = await TokenScenario.Create();
        Assert.Equal("yes", await Close(scenario, Closing(scenario)));
        Assert.Equal("yes", await Close(scenario, Closing(scenario)));
        await scenario.Vault.Destroy(TokenScenario.Signed.Connection, default);
        Assert.Equal("no", await Close(scenario, Closing(scenario)));
        Assert.Equal(2, scenario.Revoked.Count);
    }

    private static TokenClosing Closing(TokenScenario scenario) => new(scenario.Tokens, scenario.Vault, scenario, scenario.Clock);

    private static Task<string?> Close(TokenScenario scenario, TokenClosing closing) => closing.Close(TokenScenario.Signed, Test, default);

    private static Task<TokenResult> Get(TokenScenario scenario) => scenario.Process().Get(TokenScenario.Signed, null, false, default);
}
