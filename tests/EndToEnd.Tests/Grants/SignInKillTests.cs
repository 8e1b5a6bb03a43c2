using EndToEnd.Tests.Hosts;

namespace EndToEnd.Tests.Grants;

/// <summary>The process that takes somebody in is killed: they are connected, or sign in again under the same name with the same account.</summary>
[Collection(WorkingHosts.Name)]
public sealed class SignInKillTests(KilledSignIns killed) : IClassFixture<KilledSignIns>
{
    private static readonly string[] Unfinished = ["code", "exchange", "identify", "vault", "claim", "claimed", "create"];

    public static TheoryData<string, string> BeforeItIsConnected => Each(Unfinished);

    public static TheoryData<string, string> Reconnect => Each(["reconnect", "reconnected"]);

    public static TheoryData<string, string> ConfirmInAnotherBrowser => Each(["confirm", "confirmed"]);

    public static TheoryData<string, string> ConfirmForOtherConnection => Each(["mend", "mended"]);

    public static TheoryData<string> Connectors => [.. KilledRefreshes.Connectors];

    [Theory]
    [MemberData(nameof(Connectors))]
    public async Task Whoever_was_not_told_where_to_sign_in_asks_again(string connector)
    {
        var after = await killed.At("started", connector);
        Assert.Equal(("authorizing", "ok"), (after.Status, after.Test));
        Assert.Equal(["authorization-started", "authorization-started", "authorization-code-received", "connection-created"], Summary(after));
    }

    [Theory]
    [MemberData(nameof(BeforeItIsConnected))]
    public async Task A_code_that_came_is_not_taken_twice_and_another_sign_in_connects(string point, string connector)
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
    public async Task Who_was_connected_is_connected_and_told_so_when_the_page_is_loaded_again(string connector)
    {
        var after = await killed.At("created", connector);
        Assert.Equal(("connected", "ok"), (after.Status, after.Test));
        Assert.Contains("is connected to", after.Reloaded, StringComparison.Ordinal);
        Assert.Equal(["authorization-started", "authorization-code-received", "connection-created"], Summary(after));
    }

    [Theory]
    [MemberData(nameof(Reconnect))]
    public async Task A_connection_that_was_being_reconnected_works_as_before_or_as_after(string point, string connector)
    {
        var after = await killed.At(point, connector);
        Assert.Equal(("connected", "ok"), (after.Status, after.Test));
        Assert.Equal(point == "reconnect" ? 1 : 2, after.Now.GetProperty("credentialVersion").GetInt32());
        Assert.Equal(point == "reconnected", after.Written.Contains("connection-reconnected"));
    }

    [Theory]
    [MemberData(nameof(ConfirmInAnotherBrowser))]
    public async Task A_click_whose_answer_never_came_can_be_clicked_again_and_connects_once(string point, string connector)
    {
        var after = await killed.At(point, connector);
        Assert.Equal((point == "confirm" ? "authorizing" : "connected", "ok"), (after.Status, after.Test));
        Assert.Contains(point == "confirm" ? "Connect my account" : "is connected to", after.Reloaded, StringComparison.Ordinal);
        Assert.Equal(["authorization-started", "authorization-code-received", "connection-created"], Summary(after));
    }

    [Theory]
    [MemberData(nameof(ConfirmForOtherConnection))]
    public async Task A_click_that_mends_the_connection_of_the_account_mends_it_once(string point, string connector)
    {
        var after = await killed.At(point, connector);
        Assert.Equal(("connected", "ok"), (after.Status, after.Test));
        Assert.Contains("is connected already", after.Reloaded, StringComparison.Ordinal);
        Assert.Equal(2, after.Now.GetProperty("credentialVersion").GetInt32());
        Assert.Single(after.Written, "connection-reconnected");
    }

    [Fact]
    public void Each_point_is_tested() => Assert.Equal(
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
