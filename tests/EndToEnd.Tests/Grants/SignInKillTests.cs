using EndToEnd.Tests.Hosts;

namespace EndToEnd.Tests.Grants;

/// <summary>
/// The process that completes a sign-in is killed: the user is connected, or can sign in again with the same name and account.
/// </summary>
[Collection(WorkingHosts.Name)]
public sealed class SignInKillTests(KilledSignIns killed) : IClassFixture<KilledSignIns>
{
    private static readonly string[] Unfinished = ["code", "exchange", "identify", "vault", "claim", "claimed", "create"];

    public static TheoryData<string, string> BeforeItIsConnected => Each(Unfinished);

    public static TheoryData<string, string> Reconnect => Each(["reconnect", "reconnected"]);

    public static TheoryData<string, string> ConfirmInAnotherBrowser => Each(["confirm", "confirmed"]);

    public static TheoryData<string, string> ConfirmForOtherConnection => Each(["otherReconnect", "otherReconnected"]);

    public static TheoryData<string> Connectors => [.. KilledRefreshes.Connectors];

    [Theory]
    [MemberData(nameof(Connectors))]
    public async Task A_caller_without_a_sign_in_address_can_request_it_again(string connector)
    {
        var after = await killed.At("started", connector);
        Assert.Equal(("authorizing", "ok"), (after.Status, after.Test));
        Assert.Equal(["authorization-started", "authorization-started", "authorization-code-received", "connection-created"], Summary(after));
    }

    [Theory]
    [MemberData(nameof(BeforeItIsConnected))]
    public async Task A_received_code_is_not_used_twice_and_another_sign_in_connects(string point, string connector)
    {
        var after = await killed.At(point, connector);
        Assert.Equal(("authorizing", "ok"), (after.Status, after.Test));
        Assert.Contains("under way", after.Reloaded, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, after.Now.GetProperty("credentialVersion").GetInt32());
        Assert.Equal(
            ["authorization-started", "authorization-code-received", "authorization-started", "authorization-code-received", "connection-created"],
            Summary(after));
    }

    [Theory]
    [MemberData(nameof(Connectors))]
    public async Task A_completed_connection_is_shown_when_the_page_is_reloaded(string connector)
    {
        var after = await killed.At("created", connector);
        Assert.Equal(("connected", "ok"), (after.Status, after.Test));
        Assert.Contains("is connected to", after.Reloaded, StringComparison.Ordinal);
        Assert.Equal(["authorization-started", "authorization-code-received", "connection-created"], Summary(after));
    }

    [Theory]
    [MemberData(nameof(Reconnect))]
    public async Task A_connection_killed_during_a_reconnect_works_with_the_old_or_the_new_credentials(string point, string connector)
    {
        var after = await killed.At(point, connector);
        Assert.Equal(("connected", "ok"), (after.Status, after.Test));
        Assert.Equal(point == "reconnect" ? 1 : 2, after.Now.GetProperty("credentialVersion").GetInt32());
        Assert.Equal(point == "reconnected", after.Written.Contains("connection-reconnected"));
    }

    [Theory]
    [MemberData(nameof(ConfirmInAnotherBrowser))]
    public async Task A_confirmation_without_a_response_can_be_repeated_and_connects_once(string point, string connector)
    {
        var after = await killed.At(point, connector);
        Assert.Equal((point == "confirm" ? "authorizing" : "connected", "ok"), (after.Status, after.Test));
        Assert.Contains(point == "confirm" ? "Connect my account" : "is connected to", after.Reloaded, StringComparison.Ordinal);
        Assert.Equal(["authorization-started", "authorization-code-received", "connection-created"], Summary(after));
    }

    [Theory]
    [MemberData(nameof(ConfirmForOtherConnection))]
    public async Task A_confirmation_that_reconnects_the_connection_of_the_account_does_it_once(string point, string connector)
    {
        var after = await killed.At(point, connector);
        Assert.Equal(("connected", "ok"), (after.Status, after.Test));
        Assert.Contains("is connected already", after.Reloaded, StringComparison.Ordinal);
        Assert.Equal(2, after.Now.GetProperty("credentialVersion").GetInt32());
        Assert.Single(after.Written, "connection-reconnected");
    }

    [Fact]
    public void Each_kill_point_is_tested() => Assert.Equal(
        KilledSignIns.Points.Keys.Order(), Unfinished.Concat(["started", "created", "reconnect", "reconnected"]).Concat(KilledSignIns.Clicks).Order());

    private static string[] Summary(AfterSignIn after) => [.. after.Written.Where(type => type != "connection-tested")];

    private static TheoryData<string, string> Each(string[] points)
    {
        var each = new TheoryData<string, string>();
        foreach (var point in points)
            foreach (var connector in KilledRefreshes.Connectors) each.Add(point, connector);
        return each;
    }
}
