using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Tests.Guard;

/// <summary>Attacks the production guard through the connectors. A call that passes the guard reaches the listener.</summary>
public sealed class GuardedCallTests : IAsyncLifetime
{
    private readonly FakeResolver resolver = new();
    private readonly TcpListener listener = new(IPAddress.IPv6Any, 0);
    private ServiceProvider services = null!;

    private static readonly string[] Connectors = ["postgres", "mysql", "sqlserver", "http", "smtp", "imap"];

    private static readonly string[] Inside =
    [
        "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "0.0.0.0", "169.254.169.254", "100.100.100.200",
        "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "fe80::1", "fd00:ec2::254", "fc00::1",
        "64:ff9b::7f00:1", "64:ff9b::169.254.169.254", "2002:7f00:1::", "2002:a9fe:a9fe::", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
        "127.1", "127.0.0.1.", "user@127.0.0.1", "user:pw@127.0.0.1", "127.0.0.1%00.example.com", "１２７.0.0.1", "127。0。0。1"
    ];

    public static TheoryData<string, string> Spellings() =>
        new(Connectors.SelectMany(connector => Inside.Select(host => (connector, host))));

    public static TheoryData<string, string> Addresses() =>
        new(Connectors.SelectMany(connector => Inside.Where(host => IPAddress.TryParse(host, out var parsed) && parsed.ToString() == host)
            .Select(host => (connector, host))));

    public static TheoryData<string> Each() => new(Connectors);

    public ValueTask InitializeAsync()
    {
        listener.Server.DualMode = true;
        listener.Start();
        var collection = new ServiceCollection().AddLogging();
        collection.AddSingleton<IHostResolver>(resolver);
        services = collection.AddConnectors(new ConfigurationBuilder().Build()).BuildServiceProvider();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task No_spelling_of_an_address_reaches_a_private_address(string connector, string host) => await Refused(connector, host);

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task No_host_name_reaches_a_private_address(string connector, string address)
    {
        resolver.Answer("inside.example.com", [address]);
        await Refused(connector, "inside.example.com");
        resolver.Answer("mixed.example.com", ["93.184.215.14", address]);
        await Refused(connector, "mixed.example.com");
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task A_host_name_is_resolved_once_per_connection_and_the_resolved_address_is_dialled(string connector)
    {
        resolver.Answer("turning.example.com", ["240.0.0.1"], ["127.0.0.1"]);
        await Refused(connector, "turning.example.com");
        Assert.Single(resolver.ResolvedHosts);
        await Refused(connector, "turning.example.com");
        Assert.Equal(2, resolver.ResolvedHosts.Count);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("mysql")]
    public async Task An_SSH_host_does_not_bypass_the_guard(string connector)
    {
        var settings = Settings(connector, "db.example.com");
        settings["ssh"] = new JsonObject { ["host"] = "127.0.0.1", ["port"] = Port, ["user"] = "x" };
        await Refused(connector, settings);
        settings["ssh"]!["host"] = "169.254.169.254";
        await Refused(connector, settings);
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await services.DisposeAsync();
    }

    private int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    private Task Refused(string connector, string host) => Refused(connector, Settings(connector, host));

    private async Task Refused(string connector, JsonObject settings)
    {
        var credentials = Secret.From(JsonSerializer.SerializeToElement(new { username = "a", password = "secret-pw", sshPassword = "b" }));
        var use = new ConnectionUse("default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(settings), credentials);
        var runner = services.GetRequiredService<ConnectorRunner>();
        var (activity, input) = connector switch
        {
            "http" => ("request", JsonSerializer.SerializeToElement(new { method = "GET", path = "/" })),
            "smtp" => ("send-email", JsonSerializer.SerializeToElement(new { to = new[] { "bob@example.com" }, subject = "s", text = "t" })),
            "imap" => ("list-folders", JsonSerializer.SerializeToElement(new { })),
            _ => ("run-query", JsonSerializer.SerializeToElement(new { sql = "SELECT 1" }))
        };
        var run = Assert.IsType<ConnectorResult.Failed>(await runner.Run(connector, use, activity, input, TimeSpan.FromSeconds(20), default));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (run.Kind, run.Delivered));
        Assert.False(listener.Pending());
    }

    private JsonObject Settings(string connector, string host) => connector == "http"
        ? new JsonObject { ["baseUrl"] = $"http://{(host.Contains(':') && !host.Contains('@') ? $"[{host}]" : host)}:{Port}/" }
        : new JsonObject { ["host"] = host, ["port"] = Port, ["database"] = "x", ["tls"] = "disable", ["senderAddress"] = "ann@example.com" };
}
