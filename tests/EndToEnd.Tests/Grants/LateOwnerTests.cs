namespace EndToEnd.Tests.Grants;

/// <summary>Who comes late overwrites nothing, and loses nothing.</summary>
public sealed class LateOwnerTests(LateOwners owners) : IClassFixture<LateOwners>
{
    [Fact]
    public async Task What_an_owner_says_after_it_was_taken_over_changes_nothing() => Assert.Equal(
        ["ok", "ok", "sent 1", "runs", "token-refresh-started", "token-refresh-taken-over", "token-refreshed"], await owners.Get("held at the log"));

    [Fact]
    public async Task An_owner_that_stood_still_overrules_no_person_who_signed_in_meanwhile() => Assert.Equal(
        ["rotation-result-unknown", "ok", "version 2", "reconnected 1"], await owners.Get("stopped and overtaken by a person"));

    [Fact]
    public async Task A_delete_during_a_refresh_waits_for_it_and_revokes_what_it_brought() => Assert.Equal(
        ["kept 0", "revoked 1, the newest True", "token-refresh-started", "token-refreshed", "token-closed"], await owners.Get("deleted"));
}
