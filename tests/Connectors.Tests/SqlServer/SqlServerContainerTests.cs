using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.SqlServer;

/// <summary>The connector with a real SQL Server.</summary>
public sealed class SqlServerContainerTests : IClassFixture<SqlServerFixture>, IAsyncDisposable
{
    private readonly TdsDatabase reading;
    private readonly TdsDatabase writing;

    public SqlServerContainerTests(SqlServerFixture fixture)
    {
        Assert.SkipUnless(SqlServerFixture.Available, "there is no Docker engine");
        (reading, writing) = (new TdsDatabase(fixture.Port), new TdsDatabase(fixture.Port, allowWrites: true));
    }

    [Fact]
    public async Task A_connection_test_recognises_the_login()
    {
        var probe = await reading.Probe();
        Assert.Null(probe.Failure?.Message);
        Assert.Equal("server", probe.Account!.Basis);
        Assert.EndsWith("/shop/app", probe.Identities[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_tried_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => reading.Run("SELECT 1", use: reading.Use(password: "wrong"))));
        Assert.All(results, r => Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(r).Kind));
        Assert.Single(results, r => ((ConnectorResult.Failed)r).Attempted);
    }

    [Fact]
    public async Task A_value_has_its_JSON_form()
    {
        foreach (var (expression, json) in new[]
        {
            ("CAST(7 AS tinyint)", "7"),
            ("CAST(9007199254740993 AS bigint)", "\"9007199254740993\""),
            ("CAST(2.5 AS decimal(10, 2))", "2.50"),
            ("CAST('2026-01-31' AS date)", "\"2026-01-31\""),
            ("CAST('2026-01-31T09:30:00.5' AS datetime2)", "\"2026-01-31T09:30:00.5\""),
            ("CAST('<a>b</a>' AS xml)", "\"<a>b</a>\""),
            ("CAST('ab' AS varbinary(max))", "\"YWI=\""),
            ("CAST(1 AS bit)", "true"),
            ("replicate(CAST(N'ü' AS nvarchar(max)), 3)", "\"üüü\""),
            (":a", "\"ü\"")
        })
            Assert.Equal(json, await reading.Value($"SELECT {expression}", expression == ":a" ? new { a = "ü" } : null));
    }

    [Fact]
    public async Task Queries_change_nothing()
    {
        foreach (var sql in new[] { "DELETE FROM orders", "SELECT id INTO copies FROM orders", "EXEC sp_who",
            "SELECT 1; DELETE FROM orders" })
            Assert.Equal(FailureKind.InvalidInput, (await reading.Fails(sql)).Kind);
        Assert.Equal("true", await reading.Value("SELECT CAST(CASE WHEN count(*) >= 50 THEN 1 ELSE 0 END AS bit) FROM orders"));
        Assert.True((await reading.Query("SELECT a.id FROM orders a CROSS JOIN orders b CROSS JOIN orders c",
            maxRows: 5)).GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Execute_changes_rows_and_returns_those_of_OUTPUT()
    {
        var done = Assert.IsType<ConnectorResult.Done>(await writing.Run(
            "INSERT INTO orders (id, total) OUTPUT inserted.id VALUES (:one, 1), (:two, 2)", new { one = 1001, two = 1002 },
                activity: "execute"));
        Assert.Equal("[[1001],[1002]]", done.Output.GetProperty("rows").GetRawText());
        Assert.Equal(2, done.Output.GetProperty("rowsAffected").GetInt32());
        Assert.Equal(FailureKind.InvalidInput, (await writing.Fails("INSERT INTO orders (id) VALUES (1003), (1)")).Kind);
        Assert.Equal("2", await reading.Value("SELECT count(*) FROM orders WHERE id > 1000"));
    }

    [Fact]
    public async Task A_statement_is_cancelled_at_the_server()
    {
        var failed = Assert.IsType<ConnectorResult.Failed>(await writing.Run("WAITFOR DELAY '00:10:00'", timeout: TimeSpan.FromSeconds(3)));
        Assert.Equal(FailureKind.Timeout, failed.Kind);
        await Eventually.Holds(
            async () =>
                await reading.Value("SELECT count(*) FROM sys.dm_exec_requests WHERE wait_type = 'WAITFOR'") == "0", "no statement runs");
    }

    public async ValueTask DisposeAsync()
    {
        await reading.DisposeAsync();
        await writing.DisposeAsync();
    }
}
