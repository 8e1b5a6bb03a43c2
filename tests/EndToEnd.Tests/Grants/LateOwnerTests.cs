namespace EndToEnd.Tests.Grants;

/// <summary>A delayed owner overwrites nothing and loses nothing.</summary>
public sealed class LateOwnerTests(LateOwners owners) : IClassFixture<LateOwners>
{
    [Fact]
    public async Task A_refresh_owner_that_was_replaced_changes_nothing() => Assert.Equal(
        ["ok", "ok", "sent 1", "runs", "token-refresh-started", "token-refresh-taken-over", "token-refreshed"], await owners.Get("held at the log"));

    [Fact]
    public async Task A_refresh_owner_that_was_paused_does_not_override_a_newer_sign_in() => Assert.Equal(
        ["rotation-result-unknown", "ok", "version 2", "reconnected 1"], await owners.Get("stopped and overtaken by a person"));

    [Fact]
    public async Task A_delete_during_a_refresh_waits_for_it_and_revokes_the_new_tokens() => Assert.Equal(
        ["kept 0", "revoked 1, the newest True", "token-refresh-started", "token-refreshed", "token-closed"], await owners.Get("deleted"));
}
