using Connections.Domain;

namespace Domain.Tests;

/// <summary>The status table of connections, cell by cell: what each command does in each status.</summary>
public sealed class ConnectionStatusTests : ConnectionSpec
{
    private const string NotFound = "connection.not-found";
    private const string Gone = "connection.deleted";

    private static readonly Dictionary<string, ConnectionCommand> Commands = new()
    {
        ["create, same body"] = new CreateConnection(Created),
        ["create, other body"] = new CreateConnection(Created with { Name = "Till" }),
        ["schedule's test, ok"] = Test(Outcome.Ok, requested: false),
        ["schedule's test, unavailable"] = Test(Outcome.Unavailable, requested: false),
        ["schedule's test, timeout"] = Test(Outcome.Timeout, requested: false),
        ["schedule's test, forbidden"] = Test(Outcome.Of(FailureKind.Forbidden), requested: false),
        ["schedule's test, reauthRequired"] = Test(Outcome.ReauthRequired, requested: false),
        ["person's test, ok"] = Test(Outcome.Ok, requested: true),
        ["person's test, unavailable"] = Test(Outcome.Unavailable, requested: true),
        ["person's test, reauthRequired"] = Test(Outcome.ReauthRequired, requested: true),
        ["require reauth"] = new RequireReauth("The password was refused.", 1),
        ["reconnect"] = new ReconnectConnection("v2-b", Settings, Masked, Shop, [ByServer]),
        ["rename"] = new RenameConnection("Till"),
        ["delete"] = new DeleteConnection(),
        ["secrets destroyed"] = new RecordSecretsDestroyed("no"),
        ["fence"] = new FenceConnection(Fence, NameClaim)
    };

    private static readonly ConnectionStatus[] Statuses =
    [
        ConnectionStatus.Absent, ConnectionStatus.Connected, ConnectionStatus.Unreachable,
        ConnectionStatus.ReauthRequired, ConnectionStatus.Deleted, ConnectionStatus.Abandoned
    ];

    [Theory]
    [InlineData("create, same body", "connection-created → Connected", "-", "-", "-", Gone, "connection.id-reused")]
    [InlineData("create, other body", "connection-created → Connected", "connection.id-reused", "connection.id-reused", "connection.id-reused", Gone, "connection.id-reused")]
    [InlineData("schedule's test, ok", "-", "connection-tested → Connected", "connection-tested → Connected", "-", "-", "-")]
    [InlineData("schedule's test, unavailable", "-", "connection-tested → Unreachable", "connection-tested → Unreachable", "-", "-", "-")]
    [InlineData("schedule's test, timeout", "-", "connection-tested → Unreachable", "connection-tested → Unreachable", "-", "-", "-")]
    [InlineData("schedule's test, forbidden", "-", "connection-tested → Connected", "connection-tested → Unreachable", "-", "-", "-")]
    [InlineData("schedule's test, reauthRequired", "-", "connection-tested, connection-reauth-required → ReauthRequired", "connection-tested, connection-reauth-required → ReauthRequired", "-", "-", "-")]
    [InlineData("person's test, ok", "-", "connection-tested → Connected", "connection-tested → Connected", "connection-tested, connection-reconnected → Connected", "-", "-")]
    [InlineData("person's test, unavailable", "-", "connection-tested → Unreachable", "connection-tested → Unreachable", "connection-tested → ReauthRequired", "-", "-")]
    [InlineData("person's test, reauthRequired", "-", "connection-tested, connection-reauth-required → ReauthRequired", "connection-tested, connection-reauth-required → ReauthRequired", "connection-tested → ReauthRequired", "-", "-")]
    [InlineData("require reauth", "-", "connection-reauth-required → ReauthRequired", "connection-reauth-required → ReauthRequired", "-", "-", "-")]
    [InlineData("reconnect", NotFound, "connection-reconnected → Connected", "connection-reconnected → Connected", "connection-reconnected → Connected", Gone, NotFound)]
    [InlineData("rename", NotFound, "connection-renamed → Connected", "connection-renamed → Unreachable", "connection-renamed → ReauthRequired", Gone, NotFound)]
    [InlineData("delete", NotFound, "connection-deleted → Deleted", "connection-deleted → Deleted", "connection-deleted → Deleted", "-", NotFound)]
    [InlineData("secrets destroyed", "-", "-", "-", "-", "connection-secrets-destroyed → Deleted", "-")]
    [InlineData("fence", "connection-abandoned → Abandoned", "connection-fenced → Connected", "connection-fenced → Unreachable", "connection-fenced → ReauthRequired", "-", "-")]
    public void Each_command_does_this_in_each_status(
        string command, string absent, string connected, string unreachable, string reauthRequired, string deleted, string abandoned) =>
        Assert.Equal(
            [absent, connected, unreachable, reauthRequired, deleted, abandoned],
            Statuses.Select(status => GivenOne(status).When(Commands[command]).InWords(now => now.Status)));

    [Fact]
    public void Every_status_and_every_command_stands_in_the_table()
    {
        Assert.Equal(Enum.GetValues<ConnectionStatus>().Order(), Statuses.Order());
        Assert.All(Statuses, status => Assert.Equal(status, GivenOne(status).State.Status));
        var types = typeof(ConnectionCommand).Assembly.GetTypes().Where(t => t.BaseType == typeof(ConnectionCommand)).ToList();
        Assert.NotEmpty(types);
        Assert.Empty(types.Except(Commands.Values.Select(c => c.GetType())));
    }

    private static RecordTest Test(string outcome, bool requested) => new(OtherProbe, outcome, "As seen.", 1, requested);
}
