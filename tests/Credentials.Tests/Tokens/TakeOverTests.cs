using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using TestServers;

namespace Credentials.Tests.Tokens;

/// <summary>An owner that crashes during a refresh, or reports late.</summary>
public sealed class TakeOverTests
{
    private static readonly StartRefresh Started = new(1, 1, "t-dead");

    [Fact]
    public async Task A_response_stored_by_a_dead_owner_completes_the_refresh()
    {
        var scenario = await Dead();
        await scenario.Vault.Put(TokenScenario.Signed.Connection, "t-dead", scenario.Fresh().Stored, default);
        var found = await scenario.Passing(Get(scenario.Process()));
        Assert.Equal((1, "access-2"), (found.Version, found.Grant!.AccessToken));
        Assert.Empty(scenario.Sent);
    }

    [Fact]
    public async Task A_response_stored_by_the_first_of_two_dead_owners_is_found()
    {
        var scenario = await Dead();
        await scenario.Send(new TakeOverRefresh(1, 1, "t-dead", "t-dead-too"));
        await scenario.Vault.Put(TokenScenario.Signed.Connection, "t-dead", scenario.Fresh().Stored, default);
        Assert.Equal("access-2", (await scenario.Passing(Get(scenario.Process()))).Grant!.AccessToken);
        Assert.Empty(scenario.Sent);
    }

    [Fact]
    public async Task A_token_of_single_use_that_may_have_been_used_is_never_sent_again()
    {
        var scenario = await Dead();
        Assert.Equal((FailureKind.ReauthRequired, TokenDecider.Unknown), Failure(await scenario.Passing(Get(scenario.Process()))));
        Assert.Equal((FailureKind.ReauthRequired, TokenDecider.Unknown), Failure(
            await scenario.Process().Get(TokenScenario.Signed, null, again: true, default)));
        Assert.Empty(scenario.Sent);
    }

    [Fact]
    public async Task A_reusable_refresh_token_is_sent_once_more()
    {
        var scenario = await Dead();
        scenario.ProviderIsSingleUse = false;
        Assert.Equal(1, (await scenario.Passing(Get(scenario.Process()))).Version);
        Assert.Equal(["refresh-1"], scenario.Sent);
    }

    [Fact]
    public async Task No_process_takes_over_before_a_minute_has_passed()
    {
        var scenario = await Dead();
        var calls = Get(scenario.Process());
        for (var second = 0; second < 55; second++) scenario.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("t-dead", (await scenario.State()).Open!.Entry);
        await scenario.Send(new CompleteRefresh("t-dead", scenario.Clock.GetUtcNow() + TokenScenario.Life, Rotated: true));
        await scenario.Vault.Put(TokenScenario.Signed.Connection, "t-dead", scenario.Fresh().Stored, default);
        Assert.Equal(1, (await scenario.Passing(calls)).Version);
    }

    [Theory]
    [InlineData(true, TokenDecider.Unknown)]
    [InlineData(false, "Broken.")]
    public async Task An_interrupted_response_loses_only_a_single_use_token(bool singleUse, string message)
    {
        var scenario = await TokenScenario.Create();
        scenario.ProviderIsSingleUse = singleUse;
        scenario.Respond = _ => Task.FromResult<RefreshResult>(new RefreshResult.Failed(FailureKind.Unavailable, "Broken.", Unsure: true));
        scenario.TokenEnds();
        Assert.Equal((singleUse ? FailureKind.ReauthRequired : FailureKind.Unavailable, message), Failure(await Get(scenario.Process())));
    }

    [Fact]
    public async Task A_late_owner_repairs_a_grant_that_was_declared_lost()
    {
        var (scenario, late, response) = await DeclaredLost();
        response.SetResult(new RefreshResult.Granted(scenario.Fresh()));
        await scenario.Passing(late);
        var now = await scenario.Connection();
        Assert.Equal((ConnectionStatus.Connected, 2), (now.Status, now.CredentialVersion));
        var repaired = TokenScenario.Signed with { CredentialVersion = 2, Entry = now.Live!.VaultEntry };
        Assert.Equal("access-2", (await scenario.Process().Get(repaired, null, false, default)).Grant!.AccessToken);
    }

    [Fact]
    public async Task A_late_owner_does_not_override_a_reconnect_by_a_person()
    {
        var (scenario, late, response) = await DeclaredLost();
        var live = (await scenario.Connection()).Live!;
        await scenario.Send(new ReconnectConnection("v2-person", live.Settings, live.Credentials, live.Account, live.Fingerprints));
        response.SetResult(new RefreshResult.Granted(scenario.Fresh()));
        await scenario.Passing(late);
        Assert.Equal("v2-person", (await scenario.Connection()).Live!.VaultEntry);
    }

    // One process calls the provider and gets no response. Another declares the grant lost, and the connection requires a reconnect.
    private static async Task<(TokenScenario Room, Task<TokenResult> Late, TaskCompletionSource<RefreshResult> Response)> DeclaredLost()
    {
        var scenario = await TokenScenario.Create();
        var response = new TaskCompletionSource<RefreshResult>();
        scenario.Respond = _ => response.Task;
        scenario.TokenEnds();
        var late = Get(scenario.Process());
        await Until.Holds(() => !scenario.Sent.IsEmpty, "the provider is called");
        Assert.Equal(TokenDecider.Unknown, (await scenario.Passing(Get(scenario.Process()))).Message);
        await scenario.Send(new RequireReauth(TokenDecider.Unknown, 1));
        return (scenario, late, response);
    }

    private static async Task<TokenScenario> Dead()
    {
        var scenario = await TokenScenario.Create();
        scenario.TokenEnds();
        await scenario.Send(Started);
        return scenario;
    }

    private static Task<TokenResult> Get(TokenProvider process) => process.Get(TokenScenario.Signed, null, false, default);

    private static (FailureKind, string) Failure(TokenResult found)
    {
        Assert.Null(found.Grant);
        return (found.Kind, found.Message);
    }
}
