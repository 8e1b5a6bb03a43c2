using Connections.Domain;

namespace Connectors.Tests.MySql;

public sealed class MyProbeTests(MariaDbFixture fixture) : IAsyncDisposable
{
    private readonly MyDatabase database = new(fixture.Server);

    [Fact]
    public async Task A_probe_returns_its_steps_and_the_account()
    {
        var probe = await database.Probe();
        Assert.True(probe.Ok);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.All(probe.Steps, s => Assert.Equal("ok", s.Outcome));
        Assert.Equal($"app@%@shop on my.test:{fixture.Server.Port}", probe.Account!.Display);
        Assert.Equal("server", probe.Account.Basis);
        Assert.Equal(["server", "address"], probe.Identities.Select(i => i.Basis));
        Assert.EndsWith("/shop/app@%", probe.Identities[0].Value, StringComparison.Ordinal);
        Assert.Equal(0, database.Pools.Count);
    }

    [Fact]
    public async Task Two_names_of_one_server_are_one_account_and_another_user_is_another_account()
    {
        var one = await database.Probe();
        await using var other = new MyDatabase(fixture.Server);
        other.Settings["host"] = "OTHER.test.";
        var two = await other.Probe();
        Assert.Equal(one.Identities[0], two.Identities[0]);
        Assert.Equal($"""["other.test","{fixture.Server.Port}","shop","app"]""", two.Identities[1].Value);
        await fixture.Server.Sql("CREATE USER probed@'%' IDENTIFIED BY 'probed-pw'; GRANT SELECT ON shop.* TO probed@'%'");
        Assert.NotEqual(one.Identities[0], (await database.Probe(database.Use(user: "probed", password: "probed-pw"))).Identities[0]);
    }

    [Theory]
    [InlineData("database", "nowhere", "signIn", FailureKind.ReauthRequired, "\"nowhere\"")]
    [InlineData("host", "nobody.test", "resolve", FailureKind.Unavailable, "nobody.test")]
    public async Task Each_probe_failure_names_its_cause(string setting, string value, string step, FailureKind kind, string expected)
    {
        await fixture.Server.Sql("CREATE USER IF NOT EXISTS anywhere@'%' IDENTIFIED BY 'anywhere-pw'; GRANT ALL ON *.* TO anywhere@'%'");
        database.Settings[setting] = value;
        var probe = await database.Probe(database.Use(user: "anywhere", password: "anywhere-pw"));
        Assert.Equal((step, kind), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains(expected, probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_MySQL_is_reported()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        database.Settings["port"] = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var probe = await database.Probe();
        await answering;
        Assert.Equal(("connect", FailureKind.Unavailable), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("does not respond like MySQL", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT * FROM no_such_table", FailureKind.InvalidInput, "1146")]
    [InlineData("SELECT FROM", FailureKind.InvalidInput, "1064")]
    [InlineData("SELECT * FROM mysql.global_priv", FailureKind.Forbidden, "1142")]
    [InlineData("DELETE FROM orders", FailureKind.InvalidInput, "read-only")]
    [InlineData("SELECT * FROM orders WHERE id = (SELECT 1 UNION SELECT 2)", FailureKind.InvalidInput, "1242")]
    public async Task The_servers_error_message_is_returned(string sql, FailureKind kind, string expected)
    {
        var failed = await database.Fails(sql);
        Assert.Equal(kind, failed.Kind);
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task Messages_and_logs_do_not_contain_the_password()
    {
        var outputs = new List<string>();
        foreach (var sql in new[] { "SELECT 1", "SELEC", $"SELECT {MariaDbFixture.Password}", "DELETE FROM orders", "SELECT ?" })
            outputs.Add((await database.Run(sql)).ToString());
        foreach (var (key, value) in new (string, string)[] { ("database", "nowhere"), ("host", "nobody.test"), ("tls", "verify-full"), ("caCertificate", "x") })
        {
            await using var broken = new MyDatabase(fixture.Server);
            broken.Settings[key] = value;
            var probe = await broken.Probe();
            outputs.Add(probe + string.Join('\n', probe.Steps) + probe.Failure);
            outputs.Add((await broken.Run("SELECT 1")).ToString());
            outputs.AddRange(broken.Logs.Lines);
        }

        outputs.Add(database.Use().ToString());
        outputs.AddRange(database.Logs.Lines);
        Assert.DoesNotContain(outputs, t => t.Contains(MariaDbFixture.Password, StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
