using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using TestServers;

namespace Credentials.Tests.Tokens;

/// <summary>An owner that dies in the middle of a refresh, or comes late.</summary>
public sealed class TakeOverTests
{
    private static readonly StartRefresh Started = new(1, 1, "t-dead");

    [Fact]
    public async Task What_a_dead_owner_left_in_the_vault_completes_the_refresh()
    {
        var room = await Dead();
        await room.Vault.Put("default", TokenScenario.Signed.Connection, "t-dead", room.Fresh().Kept, default);
        var found = await room.Passing(Get(room.Process()));
        Assert.Equal((1, "access-2"), (found.Version, found.Grant!.AccessToken));
        Assert.Empty(room.Sent);
    }

    [Fact]
    public async Task What_the_first_of_two_dead_owners_left_is_found_too()
    {
        var room = await Dead();
        await room.Send(new TakeOverRefresh(1, 1, "t-dead", "t-dead-too"));
        await room.Vault.Put("default", TokenScenario.Signed.Connection, "t-dead", room.Fresh().Kept, default);
        Assert.Equal("access-2", (await room.Passing(Get(room.Process()))).Grant!.AccessToken);
        Assert.Empty(room.Sent);
    }

    [Fact]
    public async Task A_token_of_single_use_that_may_have_been_used_is_never_sent_again()
    {
        var room = await Dead();
        Assert.Equal((FailureKind.ReauthRequired, TokenDecider.Unknown), Why(await room.Passing(Get(room.Process()))));
        Assert.Equal((FailureKind.ReauthRequired, TokenDecider.Unknown), Why(await room.Process().Get(TokenScenario.Signed, null, again: true, default)));
        Assert.Empty(room.Sent);
    }

    [Fact]
    public async Task Where_the_old_token_stays_good_it_is_used_once()
    {
        var room = await Dead();
        room.ProviderIsSingleUse = false;
        Assert.Equal(1, (await room.Passing(Get(room.Process()))).Version);
        Assert.Equal(["refresh-1"], room.Sent);
    }

    [Fact]
    public async Task Nobody_takes_over_before_a_minute_has_passed()
    {
        var room = await Dead();
        var asked = Get(room.Process());
        for (var second = 0; second < 55; second++) room.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("t-dead", (await room.State()).Open!.Entry);
        await room.Send(new CompleteRefresh("t-dead", room.Clock.GetUtcNow() + TokenScenario.Life, Rotated: true));
        await room.Vault.Put("default", TokenScenario.Signed.Connection, "t-dead", room.Fresh().Kept, default);
        Assert.Equal(1, (await room.Passing(asked)).Version);
    }

    [Theory]
    [InlineData(true, TokenDecider.Unknown)]
    [InlineData(false, "Broken.")]
    public async Task An_answer_that_broke_off_loses_a_token_of_single_use_only(bool singleUse, string message)
    {
        var room = await TokenScenario.Make();
        room.ProviderIsSingleUse = singleUse;
        room.Answer = _ => Task.FromResult<RefreshResult>(new RefreshResult.Failed(FailureKind.Unavailable, "Broken.", Unsure: true));
        room.TokenEnds();
        Assert.Equal((singleUse ? FailureKind.ReauthRequired : FailureKind.Unavailable, message), Why(await Get(room.Process())));
    }

    [Fact]
    public async Task A_late_owner_repairs_what_was_given_up()
    {
        var (room, late, answer) = await GivenUp();
        answer.SetResult(new RefreshResult.Granted(room.Fresh()));
        await room.Passing(late);
        var now = await room.Connection();
        Assert.Equal((ConnectionStatus.Connected, 2), (now.Status, now.CredentialVersion));
        var repaired = TokenScenario.Signed with { CredentialVersion = 2, Entry = now.Live!.VaultEntry };
        Assert.Equal("access-2", (await room.Process().Get(repaired, null, false, default)).Grant!.AccessToken);
    }

    [Fact]
    public async Task A_late_owner_overrules_no_person_who_was_faster()
    {
        var (room, late, answer) = await GivenUp();
        var live = (await room.Connection()).Live!;
        await room.Send(new ReconnectConnection("v2-person", live.Settings, live.Credentials, live.Account, live.Fingerprints));
        answer.SetResult(new RefreshResult.Granted(room.Fresh()));
        await room.Passing(late);
        Assert.Equal("v2-person", (await room.Connection()).Live!.VaultEntry);
    }

    // one process asks and hears nothing; another gives the grant up, and the connection is told
    private static async Task<(TokenScenario Room, Task<TokenResult> Late, TaskCompletionSource<RefreshResult> Answer)> GivenUp()
    {
        var room = await TokenScenario.Make();
        var answer = new TaskCompletionSource<RefreshResult>();
        room.Answer = _ => answer.Task;
        room.TokenEnds();
        var late = Get(room.Process());
        await Until.Holds(() => !room.Sent.IsEmpty, "the provider is asked");
        Assert.Equal(TokenDecider.Unknown, (await room.Passing(Get(room.Process()))).Message);
        await room.Send(new RequireReauth(TokenDecider.Unknown, 1));
        return (room, late, answer);
    }

    private static async Task<TokenScenario> Dead()
    {
        var room = await TokenScenario.Make();
        room.TokenEnds();
        await room.Send(Started);
        return room;
    }

    private static Task<TokenResult> Get(TokenProvider process) => process.Get(TokenScenario.Signed, null, false, default);

    private static (FailureKind, string) Why(TokenResult found)
    {
        Assert.Null(found.Grant);
        return (found.Kind, found.Message);
    }
}
