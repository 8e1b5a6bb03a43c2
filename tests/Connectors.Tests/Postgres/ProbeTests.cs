using Connections.Domain;

namespace Connectors.Tests.Postgres;

public sealed class ProbeTests(PostgresFixture fixture) : IAsyncDisposable
{
    private readonly Database database = new(fixture.Server);

    [Fact]
    public async Task A_probe_returns_its_steps_and_the_account()
    {
        var probe = await database.Probe();
        Assert.True(probe.Ok);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.All(probe.Steps, s => Assert.Equal("ok", s.Outcome));
        Assert.Equal($"app@shop on db.test:{fixture.Server.Port}", probe.Account!.Display);
        Assert.Equal("server", probe.Account.Basis);
        Assert.Equal(["server", "address"], probe.Identities.Select(i => i.Basis));
        Assert.Contains((await fixture.Server.Sql("SELECT system_identifier FROM pg_control_system()"))!, probe.Identities[0].Value, StringComparison.Ordinal);
        Assert.Equal(0, database.Pools.Count);
    }

    [Fact]
    public async Task Two_names_of_one_server_are_one_account()
    {
        var one = await database.Probe();
        await using var other = new Database(fixture.Server);
        other.Settings["host"] = "OTHER.test.";
        var two = await other.Probe();
        Assert.Equal(one.Identities[0], two.Identities[0]);
        Assert.NotEqual(one.Identities[1], two.Identities[1]);
        Assert.Equal($"""["other.test","{fixture.Server.Port}","shop","app"]""", two.Identities[1].Value);
    }

    [Fact]
    public async Task Another_user_is_another_account()
    {
        await fixture.Server.Sql("CREATE ROLE probed LOGIN PASSWORD 'probed-pw'");
        var other = await database.Probe(database.Use(user: "probed", password: "probed-pw"));
        Assert.True(other.Ok);
        Assert.NotEqual((await database.Probe()).Identities[0], other.Identities[0]);
    }

    [Fact]
    public async Task A_wrong_password_fails_at_the_sign_in_step()
    {
        var probe = await database.Probe(database.Use(password: "not-this-one"));
        Assert.Equal(("signIn", "reauthRequired"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
        Assert.Null(probe.Account);
    }

    [Fact]
    public async Task A_missing_database_is_named()
    {
        database.Settings["database"] = "nowhere";
        var probe = await database.Probe();
        Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
        Assert.Contains("\"nowhere\"", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_host_name_fails_at_the_resolve_step()
    {
        database.Settings["host"] = "nobody.test";
        var probe = await database.Probe();
        Assert.Equal(("resolve", "unavailable"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
        Assert.Contains("nobody.test", probe.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_PostgreSQL_is_reported()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        database.Settings["port"] = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        database.Settings["tls"] = "require";
        var probe = await database.Probe();
        await answering;
        Assert.Equal("tls", probe.Steps[^1].Name);
        Assert.Equal(FailureKind.Unavailable, probe.Failure!.Kind);
    }

    [Theory]
    [InlineData("SELECT * FROM no_such_table", FailureKind.InvalidInput, "42P01")]
    [InlineData("SELEC 1", FailureKind.InvalidInput, "at character 1")]
    [InlineData("SELECT 1/0", FailureKind.InvalidInput, "22012")]
    [InlineData("SELECT * FROM pg_authid", FailureKind.Forbidden, "42501")]
    [InlineData("DELETE FROM orders", FailureKind.InvalidInput, "read-only")]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())", FailureKind.Unavailable, "57P01")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'sorry', you' USING HINT = 'x'; END $$", FailureKind.InvalidInput, "42601")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'sorry'; END $$", FailureKind.InvalidInput, "sorry")]
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
        foreach (var sql in new[] { "SELECT 1", "SELEC", $"SELECT '{PostgresFixture.Password}'::int", "SELECT 1/0", "DELETE FROM orders", "SELECT $1" })
            outputs.Add((await database.Run(sql)).ToString());
        foreach (var (key, value) in new (string, string)[] { ("database", "nowhere"), ("host", "nobody.test"), ("tls", "verify-full"), ("caCertificate", "x") })
        {
            await using var broken = new Database(fixture.Server);
            broken.Settings[key] = value;
            var probe = await broken.Probe();
            outputs.Add(probe + string.Join('\n', probe.Steps) + probe.Failure);
            outputs.Add((await broken.Run("SELECT 1")).ToString());
            outputs.AddRange(broken.Logs.Lines);
        }

        outputs.Add(database.Use().ToString());
        outputs.AddRange(database.Logs.Lines);
        Assert.Contains(outputs, t => t.Contains("***", StringComparison.Ordinal));
        Assert.DoesNotContain(outputs, t => t.Contains(PostgresFixture.Password, StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
