namespace EndToEnd.Tests.Grants;

/// <summary>
/// The process that refreshes a token is killed: the connection works or needs a reconnect. No single-use token is sent twice.
/// </summary>
public sealed class RefreshKillTests(KilledRefreshes killed) : IClassFixture<KilledRefreshes>
{
    [Theory]
    [InlineData("started", 0)]
    [InlineData("asked", 1)]
    [InlineData("answered", 1)]
    public async Task A_single_use_token_without_a_response_is_abandoned_and_not_sent_again(string point, int sent)
    {
        var after = await killed.At(point, "demo-mail");
        Assert.Equal((false, "rotation-result-unknown", sent), (after.Works, after.Reason, after.Sent));
        Assert.Equal("ok", after.Last);
    }

    [Theory]
    [InlineData("started", 1)]
    [InlineData("asked", 2)]
    [InlineData("answered", 2)]
    public async Task A_reusable_token_is_sent_again(string point, int sent)
    {
        var after = await killed.At(point, "steady-mail");
        Assert.Equal((true, sent), (after.Works, after.Sent));
        Assert.Equal(["token-refresh-started", "token-refresh-taken-over", "token-refreshed"], after.Written);
    }

    [Theory]
    [InlineData("demo-mail")]
    [InlineData("steady-mail")]
    public async Task Tokens_in_the_vault_complete_the_refresh(string connector)
    {
        var after = await killed.At("kept", connector);
        Assert.Equal((true, 1), (after.Works, after.Sent));
        Assert.Equal(["token-refresh-started", "token-refresh-taken-over", "token-refreshed"], after.Written);
    }

    [Theory]
    [InlineData("demo-mail")]
    [InlineData("steady-mail")]
    public async Task A_recorded_refresh_is_complete(string connector)
    {
        var after = await killed.At("refreshed", connector);
        Assert.Equal((true, 1), (after.Works, after.Sent));
        Assert.Equal(["token-refresh-started", "token-refreshed"], after.Written);
    }
}
