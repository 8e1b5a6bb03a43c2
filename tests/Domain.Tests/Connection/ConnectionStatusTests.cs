using Connections.Domain;
using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

/// <summary>The status table of connections: the effect of each command in each status.</summary>
public sealed class ConnectionStatusTests : ConnectionSpec
{
    private const string NotFound = "connection.not-found";
    private const string Gone = "connection.deleted";
    private const string Marked = "connection-tested, connection-reauth-required → ReauthRequired";
    private const string Create = "connection-created → Connected";
    private const string Reached = "connection-tested → Connected";
    private const string Unreached = "connection-tested → Unreachable";
    private const string StillRefused = "connection-tested → ReauthRequired";
    private const string ReconnectedAgain = "connection-tested, connection-reconnected → Connected";
    private const string Refuse = "connection-reauth-required → ReauthRequired";
    private const string Reconnect = "connection-reconnected → Connected";
    private const string Delete = "connection-deleted → Deleted";
    private const string GivenUp = "authorization-failed → Absent";
    private const string Stale = "authorization.stale";
    private const string Reused = "connection.id-reused";

    private static readonly Dictionary<string, ConnectionCommand> Commands = new()
    {
        ["create, same body"] = new CreateConnection(Created),
        ["create, other body"] = new CreateConnection(Created with { Name = "Till" }),
        ["schedule's test, ok"] = Test(Outcome.Ok, requested: false),
        ["schedule's test, unavailable"] = Test(Outcome.Unavailable, requested: false),
        ["schedule's test, timeout"] = Test(Outcome.Timeout, requested: false),
        ["schedule's test, forbidden"] = Test(Outcome.From(FailureKind.Forbidden), requested: false),
        ["schedule's test, reauthRequired"] = Test(Outcome.ReauthRequired, requested: false),
        ["person's test, ok"] = Test(Outcome.Ok, requested: true),
        ["person's test, unavailable"] = Test(Outcome.Unavailable, requested: true),
        ["person's test, reauthRequired"] = Test(Outcome.ReauthRequired, requested: true),
        ["require reauth"] = new RequireReauth("The password was refused.", 1),
        ["reconnect"] = new ReconnectConnection("v2-b", Settings, Masked, Shop, [ByServer]),
        ["rename"] = new RenameConnection("Till"),
        ["delete"] = new DeleteConnection(),
        ["secrets destroyed"] = new RecordSecretsDestroyed("no"),
        ["fence"] = new FenceConnection(Fence, NameClaim),
        ["start sign-in"] = new StartAuthorization(SigningIn with { Attempt = LaterAttempt }),
        ["receive code"] = new ReceiveCode(Attempt, Noon),
        ["fail sign-in"] = new FailAuthorization(Attempt, "access_denied", "The sign-in was refused."),
        ["warn of expiry"] = new WarnOfExpiry(Noon.AddDays(14), "idle", 14, 1),
        ["repair the grant"] = new RepairGrant(1, "t-late")
    };

    private static readonly ConnectionStatus[] Statuses =
    [
        ConnectionStatus.Absent, ConnectionStatus.Authorizing, ConnectionStatus.Connected, ConnectionStatus.Unreachable,
        ConnectionStatus.ReauthRequired, ConnectionStatus.Deleted, ConnectionStatus.Abandoned
    ];

    [Theory]
    [InlineData("create, same body", Create, Create, "-", "-", "-", Gone, Reused)]
    [InlineData("create, other body", Create, Reused, Reused, Reused, Reused, Gone, Reused)]
    [InlineData("schedule's test, ok", "-", "-", Reached, Reached, "-", "-", "-")]
    [InlineData("schedule's test, unavailable", "-", "-", Unreached, Unreached, "-", "-", "-")]
    [InlineData("schedule's test, timeout", "-", "-", Unreached, Unreached, "-", "-", "-")]
    [InlineData("schedule's test, forbidden", "-", "-", Reached, Unreached, "-", "-", "-")]
    [InlineData("schedule's test, reauthRequired", "-", "-", Marked, Marked, "-", "-", "-")]
    [InlineData("person's test, ok", "-", "-", Reached, Reached, ReconnectedAgain, "-", "-")]
    [InlineData("person's test, unavailable", "-", "-", Unreached, Unreached, StillRefused, "-", "-")]
    [InlineData("person's test, reauthRequired", "-", "-", Marked, Marked, StillRefused, "-", "-")]
    [InlineData("require reauth", "-", "-", Refuse, Refuse, "-", "-", "-")]
    [InlineData("reconnect", NotFound, NotFound, Reconnect, Reconnect, Reconnect, Gone, NotFound)]
    [InlineData(
        "rename",
        NotFound,
        NotFound,
        "connection-renamed → Connected",
        "connection-renamed → Unreachable",
        "connection-renamed → ReauthRequired",
        Gone,
        NotFound)]
    [InlineData("delete", NotFound, GivenUp, Delete, Delete, Delete, "-", NotFound)]
    [InlineData("secrets destroyed", "-", "-", "-", "-", "-", "connection-secrets-destroyed → Deleted", "-")]
    [InlineData(
        "fence",
        "connection-abandoned → Abandoned",
        "connection-abandoned → Abandoned",
        "connection-fenced → Connected",
        "connection-fenced → Unreachable",
        "connection-fenced → ReauthRequired",
        "-",
        "-")]
    [InlineData(
        "start sign-in",
        "authorization-started → Authorizing",
        "authorization-started → Authorizing",
        "authorization-started → Connected",
        "authorization-started → Unreachable",
        "authorization-started → ReauthRequired",
        Gone,
        Reused)]
    [InlineData("receive code", Stale, "authorization-code-received → Authorizing", Stale, Stale, Stale, Stale, Stale)]
    [InlineData("fail sign-in", "-", GivenUp, "-", "-", "-", "-", "-")]
    [InlineData("warn of expiry", "-", "-", "connection-expiring → Connected", "connection-expiring → Unreachable", "-", "-", "-")]
    [InlineData("repair the grant", "-", "-", Reconnect, Reconnect, Reconnect, "-", "-")]
    public void Each_command_has_the_listed_effect_in_each_status(
        string command,
        string absent,
        string authorizing,
        string connected,
        string unreachable,
        string reauthRequired,
        string deleted,
        string abandoned) =>
        Assert.Equal(
            [absent, authorizing, connected, unreachable, reauthRequired, deleted, abandoned],
            Statuses.Select(status => GivenOne(status).When(Commands[command]).InWords(now => now.Status)));

    [Fact]
    public void Every_status_and_every_command_is_in_the_table()
    {
        Assert.Equal(Enum.GetValues<ConnectionStatus>().Order(), Statuses.Order());
        Assert.All(Statuses, status => Assert.Equal(status, GivenOne(status).State.Status));
        var types = typeof(ConnectionCommand).Assembly.GetTypes().Where(t => t.BaseType == typeof(ConnectionCommand)).ToList();
        Assert.NotEmpty(types);
        Assert.Empty(types.Except(Commands.Values.Select(c => c.GetType())));
    }

    private static RecordTest Test(string outcome, bool requested) => new(OtherProbe, outcome, "As seen.", 1, requested);
}
