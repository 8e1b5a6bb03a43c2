using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.Databases;

/// <summary>The promises of every database connector about statements, results and limits, on a real server.</summary>
public abstract class DatabaseConnectorContract<TDialect>(DatabaseFixture<TDialect> fixture) : IClassFixture<DatabaseFixture<TDialect>>, IAsyncDisposable
    where TDialect : DatabaseDialect, new()
{
    private readonly TestDatabase database = fixture.Dialect.Connect(fixture.Server);

    private TDialect Dialect => fixture.Dialect;

    private IDatabaseServer Server => fixture.Server;

    [Theory]
    [InlineData(1000, null, 1000, false)]
    [InlineData(1001, null, 1000, true)]
    [InlineData(10, 3, 3, true)]
    [InlineData(3, 3, 3, false)]
    [InlineData(100_000, 5, 5, true)]
    [InlineData(1_000_000, 5, 5, true)]
    public async Task The_number_of_rows_is_limited(int there, int? wanted, int answered, bool truncated)
    {
        var answer = await database.Query($"SELECT * FROM {Dialect.Numbers(there)} n", maxRows: wanted);
        Assert.Equal(answered, answer.GetProperty("rows").GetArrayLength());
        Assert.Equal(truncated, answer.GetProperty("truncated").GetBoolean());
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("control characters")]
    [InlineData("characters of three bytes")]
    [InlineData("bytes")]
    public async Task Results_are_cut_at_whole_rows(string kind)
    {
        var value = kind switch
        {
            "text" => "repeat('x', 1000)",
            "bytes" => Dialect.Bytes("repeat('x', 1000)"),
            "control characters" => $"repeat({Dialect.Character(1)}, 1000)",
            _ => "repeat('€', 1000)"
        };
        var answer = await database.Query($"SELECT {value} FROM {Dialect.Numbers(1000)} n");
        Assert.True(answer.GetProperty("truncated").GetBoolean());
        Assert.InRange(Encoding.UTF8.GetByteCount(answer.GetRawText()), ConnectorRunner.OutputLimit / 2, ConnectorRunner.OutputLimit);
    }

    [Fact]
    public async Task A_value_larger_than_the_output_limit_is_not_read_completely()
    {
        var answer = await database.Query("SELECT 'first', 1 UNION ALL SELECT repeat('x', 100000000), 2");
        Assert.Equal("""[["first",1]]""", answer.GetProperty("rows").GetRawText());
        Assert.True(answer.GetProperty("truncated").GetBoolean());
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_cancelled_at_the_server()
    {
        var failed = Assert.IsType<ConnectorResult.Failed>(
            await database.Run(Dialect.Endless("limits-a"), timeout: TimeSpan.FromMilliseconds(700)));
        Assert.Equal((FailureKind.Timeout, Delivered.No), (failed.Kind, failed.Delivered));
        await Runs("limits-a", 0);
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task The_server_gets_the_timeout() =>
        Assert.Equal("1", await database.Value($"SELECT CASE WHEN {Dialect.HasTimeout} THEN 1 ELSE 0 END"));

    [Fact]
    public async Task A_cancelled_call_is_cancelled_at_the_server()
    {
        using var cancelled = new CancellationTokenSource();
        var running = database.Run(Dialect.Endless("limits-b"), ct: cancelled.Token);
        await Runs("limits-b", 1);
        await cancelled.CancelAsync();
        Assert.Equal(FailureKind.Timeout, Assert.IsType<ConnectorResult.Failed>(await running).Kind);
        await Runs("limits-b", 0);
    }

    [Fact]
    public async Task The_number_of_sessions_does_not_exceed_the_concurrency_limit()
    {
        await using var still = Dialect.Connect(Server, clock: new FakeTimeProvider());
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => still.Run($"SELECT {Dialect.Sleep("0.02")}, 'limits-c'")));
        Assert.All(results, r => Assert.IsType<ConnectorResult.Done>(r));
        Assert.InRange(still.IdleSessions, 1, 10);
    }

    [Theory]
    [InlineData("UPDATE orders SET total = total + 0 WHERE id <= 3", "3")]
    [InlineData("DELETE FROM orders WHERE id = -1", "0")]
    [InlineData("INSERT INTO orders (id) SELECT -9 FROM orders WHERE id = -9", "0")]
    [InlineData("SELECT 1", null)]
    public async Task A_write_returns_the_number_of_rows(string sql, string? affected)
    {
        await using var writing = Dialect.Connect(Server, allowWrites: true);
        var output = await writing.Query(sql);
        Assert.Equal(affected, output.TryGetProperty("rowsAffected", out var rows) ? rows.GetRawText() : null);
    }

    [Fact]
    public async Task Execute_returns_the_number_of_changed_rows()
    {
        await using var writing = Dialect.Connect(Server, allowWrites: true);
        Assert.Equal(0, await Changed("CREATE TABLE executed (id int)"));
        Assert.Equal(2, await Changed("INSERT INTO executed VALUES (:one), (:two)", new { one = 1, two = 2 }));
        Assert.Equal(1, await Changed("UPDATE executed SET id = 5 WHERE id = 2"));
        Assert.Equal(0, await Changed("DELETE FROM executed WHERE id = 2"));
        Assert.Equal(2, await Changed("DELETE FROM executed"));
        Assert.Equal(0, await Changed("DROP TABLE executed"));

        async Task<int> Changed(string sql, object? parameters = null)
        {
            var done = Assert.IsType<ConnectorResult.Done>(await writing.Run(sql, parameters, activity: "execute"));
            Assert.Equal(["rowsAffected"], done.Output.EnumerateObject().Select(m => m.Name));
            return done.Output.GetProperty("rowsAffected").GetInt32();
        }
    }

    [Fact]
    public async Task Execute_returns_the_rows_that_the_statement_returns()
    {
        await using var writing = Dialect.Connect(Server, allowWrites: true);
        await writing.Query("CREATE TABLE returned (id int)");
        var done = Assert.IsType<ConnectorResult.Done>(await writing.Run("INSERT INTO returned VALUES (2), (3) RETURNING id", activity: "execute"));
        Assert.Equal("[[2],[3]]", done.Output.GetProperty("rows").GetRawText());
        Assert.Equal("2", await Server.Sql("SELECT count(*) FROM returned", "shop"));
        await writing.Query("DROP TABLE returned");
    }

    [Fact]
    public async Task Execute_needs_a_connection_that_allows_writes()
    {
        var failed = Assert.IsType<ConnectorResult.Failed>(await database.Run("DELETE FROM orders WHERE id = 1", activity: "execute"));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Contains("allowWrites", failed.Message, StringComparison.Ordinal);
        Assert.Equal("50", await Server.Sql("SELECT count(*) FROM orders", "shop"));
    }

    [Fact]
    public async Task A_statement_that_fails_leaves_nothing_behind()
    {
        await using var writing = Dialect.Connect(Server, allowWrites: true);
        var failed = await writing.Fails("INSERT INTO orders (id) VALUES (1007), (1008), (1)");
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Equal("50", await Server.Sql("SELECT count(*) FROM orders", "shop"));
    }

    [Fact]
    public async Task With_writes_allowed_one_statement_is_committed_and_the_session_is_reset()
    {
        await using var writing = Dialect.Connect(Server, allowWrites: true);
        await writing.Query("CREATE TABLE written (id int)");
        Assert.Equal("[[2],[3]]", (await writing.Query("INSERT INTO written VALUES (2), (3) RETURNING id")).GetProperty("rows").GetRawText());
        Assert.Equal("2", await Server.Sql("SELECT count(*) FROM written", "shop"));
        await writing.Query("CREATE TEMPORARY TABLE left_over (x int)");
        Assert.Equal(FailureKind.InvalidInput, (await writing.Fails("SELECT * FROM left_over")).Kind);
        foreach (var control in new[] { "COMMIT", "BEGIN", "SAVEPOINT a", "SELECT 1; SELECT 2" })
            Assert.Equal(FailureKind.InvalidInput, (await writing.Fails(control)).Kind);
        await writing.Query("DROP TABLE written");
    }

    [Fact]
    public async Task Only_read_only_connections_are_repeatable()
    {
        await using var writing = Dialect.Connect(Server, allowWrites: true);
        var sql = JsonSerializer.SerializeToElement(new { sql = "SELECT 1" });
        Assert.True(database.Connector.Repeatable("run-query", sql, database.Use().Settings));
        Assert.False(writing.Connector.Repeatable("run-query", sql, writing.Use().Settings));
        Assert.False(writing.Connector.Repeatable("execute", sql, writing.Use().Settings));
        Assert.False(database.Connector.Repeatable("execute", sql, database.Use().Settings));
    }

    [Theory]
    [InlineData("SELECT * FROM no_such_table")]
    [InlineData("SELECT no_such_column FROM orders")]
    [InlineData("SELECT * FROM orders WHERE id = (SELECT 1 UNION SELECT 2)")]
    [InlineData("SELECT no_such_function(1)")]
    [InlineData("DELETE FROM orders")]
    [InlineData("SELECT FROM WHERE")]
    public async Task A_wrong_statement_is_invalid_input_and_the_connection_stays_usable(string sql)
    {
        Assert.Equal(FailureKind.InvalidInput, (await database.Fails(sql)).Kind);
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task A_probe_returns_its_steps_and_the_account()
    {
        var probe = await database.Probe();
        Assert.True(probe.Ok);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.All(probe.Steps, s => Assert.Equal("ok", s.Outcome));
        Assert.EndsWith($"@shop on {Dialect.Host}:{Server.Port}", probe.Account!.Display, StringComparison.Ordinal);
        Assert.StartsWith("app@", probe.Account.Display, StringComparison.Ordinal);
        Assert.Equal("server", probe.Account.Basis);
        Assert.Equal(["server", "address"], probe.Identities.Select(i => i.Basis));
        Assert.Equal(0, database.PoolCount);
    }

    [Fact]
    public async Task Two_names_of_one_server_are_one_account()
    {
        var one = await database.Probe();
        await using var other = Dialect.Connect(Server);
        other.Settings["host"] = "OTHER.test.";
        var two = await other.Probe();
        Assert.Equal(one.Identities[0], two.Identities[0]);
        Assert.NotEqual(one.Identities[1], two.Identities[1]);
        Assert.Equal($"""["other.test","{Server.Port}","shop","app"]""", two.Identities[1].Value);
    }

    [Fact]
    public async Task Another_user_is_another_account()
    {
        await Dialect.AddUser(Server, "probed", "probed-pw");
        var other = await database.Probe(database.Use(user: "probed", password: "probed-pw"));
        Assert.True(other.Ok);
        Assert.NotEqual((await database.Probe()).Identities[0], other.Identities[0]);
    }

    [Theory]
    [InlineData("database", "nowhere", "signIn", FailureKind.ReauthRequired, "\"nowhere\"")]
    [InlineData("host", "nobody.test", "resolve", FailureKind.Unavailable, "nobody.test")]
    public async Task Each_probe_failure_names_its_cause(string setting, string value, string step, FailureKind kind, string expected)
    {
        await Dialect.AddUser(Server, "anywhere", "anywhere-pw");
        database.Settings[setting] = value;
        var probe = await database.Probe(database.Use(user: "anywhere", password: "anywhere-pw"));
        Assert.Equal((step, kind), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains(expected, probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_fails_at_the_sign_in_step()
    {
        var probe = await database.Probe(database.Use(password: "not-this-one"));
        Assert.Equal(("signIn", "reauthRequired"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
        Assert.Null(probe.Account);
    }

    [Fact]
    public async Task Messages_and_logs_do_not_contain_the_password()
    {
        var outputs = new List<string>();
        var typed = database.Use().Credentials.Field("password")!;
        foreach (var sql in new[] { "SELECT 1", "SELEC", $"SELECT {typed}", $"SELECT {Dialect.QuotedName(typed)} FROM orders", "DELETE FROM orders", "SELECT ?", "SELECT $1" })
            outputs.Add((await database.Run(sql)).ToString());
        foreach (var (key, value) in new (string, string)[] { ("database", "nowhere"), ("host", "nobody.test"), ("tls", "verify-full"), ("caCertificate", "x") })
        {
            await using var broken = Dialect.Connect(Server);
            broken.Settings[key] = value;
            var probe = await broken.Probe();
            outputs.Add(probe + string.Join('\n', probe.Steps) + probe.Failure);
            outputs.Add((await broken.Run("SELECT 1")).ToString());
            outputs.AddRange(broken.Logs.Lines);
        }

        outputs.Add(database.Use().ToString());
        outputs.AddRange(database.Logs.Lines);
        Assert.Contains(outputs, t => t.Contains("***", StringComparison.Ordinal));
        Assert.DoesNotContain(outputs, t => t.Contains(typed, StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return database.DisposeAsync();
    }

    private Task Runs(string mark, int statements) => Eventually.Holds(
        async () => await Server.Sql(Dialect.Running(mark), "shop") == $"{statements}", $"{statements} statements run at the server");
}
