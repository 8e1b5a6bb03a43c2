using Connections.Connectors;
using Connections.Domain;
using TestServers.Tds;

namespace Connectors.Tests.SqlServer;

public sealed class SqlServerQueryTests : IAsyncDisposable
{
    private readonly TdsServer server = TdsDatabase.Server();
    private readonly TdsDatabase reading;
    private readonly TdsDatabase writing;

    public SqlServerQueryTests() => (reading, writing) = (new TdsDatabase(server.Port), new TdsDatabase(server.Port, allowWrites: true));

    [Fact]
    public async Task A_read_runs_in_a_transaction_that_is_never_committed()
    {
        server.Answer = (_, _) => TdsTokens.Result(TdsColumn.Number("id", 1), TdsColumn.Number("", null), TdsColumn.Text("id", "ü"));
        var output = await reading.Query("SELECT 1");
        Assert.Equal("""[[1,null,"ü"]]""", output.GetProperty("rows").GetRawText());
        Assert.Equal(
            """[{"name":"id","type":"int"},{"name":"","type":"int"},{"name":"id","type":"nvarchar"}]""",
            output.GetProperty("columns").GetRawText());
        Assert.False(output.TryGetProperty("rowsAffected", out _));
        Assert.Contains(server.Statements, s => s.EndsWith("BEGIN TRANSACTION", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Statements, s => s.Contains("COMMIT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_statement_that_may_write_is_not_sent()
    {
        var failed = await reading.Fails("DELETE FROM orders");
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Contains("read-only", failed.Message, StringComparison.Ordinal);
        Assert.Empty(server.Logins);
        Assert.Equal(FailureKind.InvalidInput,
            Assert.IsType<ConnectorResult.Failed>(await reading.Run("SELECT 1", activity: "execute")).Kind);
        Assert.Empty(server.Logins);
    }

    [Fact]
    public async Task Parameters_have_types()
    {
        IReadOnlyDictionary<string, string> sent = new Dictionary<string, string>();
        server.Answer = (sql, parameters) =>
        {
            sent = parameters;
            return TdsTokens.Result(TdsColumn.Number("", 1));
        };
        await reading.Query("SELECT :a, @b, @c, @d, @e, @f",
            new { a = "ü", b = 5, c = true, d = (string?)null, e = 1.5m, f = new[] { 1 } });
        Assert.Equal(
            [("@a", "FC00"), ("@b", "0500000000000000"), ("@c", "01"), ("@d", ""), ("@e", "010F000000000000000000000000000000"),
                ("@f", "5B0031005D00")],
            sent.Select(p => (p.Key, p.Value)));
        Assert.Contains("SELECT @a, @b, @c, @d, @e, @f", server.Statements);
    }

    [Fact]
    public async Task The_number_of_rows_is_limited()
    {
        server.Answer = (_, _) =>
            [.. TdsTokens.Columns(TdsColumn.Number("n", 0)),
                .. Enumerable.Range(1, 5).SelectMany(i => TdsTokens.Row(TdsColumn.Number("n", i).Value)),
                    .. TdsTokens.Done(TdsTokens.Count, 5)];
        Assert.Equal("[[1],[2],[3],[4],[5]]", (await reading.Query("SELECT n FROM t", maxRows: 5)).GetProperty("rows").GetRawText());
        var cut = await reading.Query("SELECT n FROM t", maxRows: 2);
        Assert.Equal("[[1],[2]]", cut.GetProperty("rows").GetRawText());
        Assert.True(cut.GetProperty("truncated").GetBoolean());
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public async Task A_result_that_is_too_large_is_cut_at_whole_rows(int length)
    {
        var large = TdsColumn.LongText("t", new string('x', length));
        server.Answer = (_, _) =>
            [.. TdsTokens.Columns(large), .. TdsTokens.Row(TdsColumn.LongText("t", "first").Value),
                .. Enumerable.Range(0, 3).SelectMany(_ => TdsTokens.Row(large.Value)), .. TdsTokens.Done()];
        var output = await reading.Query("SELECT t FROM t");
        Assert.True(output.GetProperty("truncated").GetBoolean());
        Assert.Equal("first", output.GetProperty("rows")[0][0].GetString());
    }

    [Fact]
    public async Task Execute_returns_the_number_of_changed_rows_and_the_rows_of_OUTPUT()
    {
        server.Answer = (_, _) => TdsTokens.Changed(3);
        Assert.Equal("""{"rowsAffected":3}""", await Executed("UPDATE orders SET total = 0"));
        server.Answer = (_, _) => TdsTokens.Done();
        Assert.Equal("""{"rowsAffected":0}""", await Executed("CREATE TABLE t (a int)"));
        server.Answer = (_, _) => TdsTokens.Result(TdsColumn.Number("id", 7));
        Assert.Contains(""" "rows":[[7]] """.Trim(), await Executed("DELETE FROM orders OUTPUT deleted.id"), StringComparison.Ordinal);
        Assert.Equal(3, server.Statements.Count(s => s.Contains("COMMIT", StringComparison.Ordinal)));

        async Task<string> Executed(string sql) =>
            Assert.IsType<ConnectorResult.Done>(await writing.Run(sql, activity: "execute")).Output.GetRawText();
    }

    [Theory]
    [InlineData(208, 16, FailureKind.InvalidInput, Delivered.Yes)]
    [InlineData(102, 15, FailureKind.InvalidInput, Delivered.Yes)]
    [InlineData(2627, 14, FailureKind.InvalidInput, Delivered.Yes)]
    [InlineData(50000, 16, FailureKind.InvalidInput, Delivered.Yes)]
    [InlineData(18456, 14, FailureKind.InvalidInput, Delivered.Yes)]
    [InlineData(4060, 11, FailureKind.InvalidInput, Delivered.Yes)]
    [InlineData(229, 14, FailureKind.Forbidden, Delivered.Yes)]
    [InlineData(1205, 13, FailureKind.Unavailable, Delivered.No)]
    [InlineData(1222, 16, FailureKind.Unavailable, Delivered.No)]
    [InlineData(701, 17, FailureKind.Throttled, Delivered.No)]
    public async Task An_error_of_a_statement_never_marks_the_connection(int number, byte severity, FailureKind kind, Delivered delivered)
    {
        server.Answer = (_, _) => TdsTokens.Error(number, "No.", severity);
        foreach (var database in new[] { reading, writing })
        {
            var failed = await database.Fails("SELECT a FROM t");
            Assert.Equal((kind, delivered), (failed.Kind, failed.Delivered));
            Assert.Contains($"{number}", failed.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("EXEC dbo.p", 1205, 13, FailureKind.Unavailable, Delivered.Maybe)]
    [InlineData("EXEC dbo.p", 1222, 16, FailureKind.Unavailable, Delivered.Maybe)]
    [InlineData("EXEC dbo.p", 40197, 16, FailureKind.Unavailable, Delivered.Maybe)]
    [InlineData("EXEC dbo.p", 701, 17, FailureKind.Throttled, Delivered.Maybe)]
    [InlineData("EXEC dbo.p", 10928, 16, FailureKind.Throttled, Delivered.Maybe)]
    [InlineData("INSERT INTO t EXEC dbo.p", 1205, 13, FailureKind.Unavailable, Delivered.Maybe)]
    [InlineData("IF 1 = 1 DELETE t", 1205, 13, FailureKind.Unavailable, Delivered.Maybe)]
    [InlineData("DELETE t", 1205, 13, FailureKind.Unavailable, Delivered.No)]
    [InlineData("DELETE t", 8645, 17, FailureKind.Throttled, Delivered.No)]
    public async Task A_write_that_may_have_run_is_not_repeated(
        string sql, int number, byte severity, FailureKind kind, Delivered delivered)
    {
        server.Answer = (_, _) => TdsTokens.Error(number, "No.", severity);
        var failed = Assert.IsType<ConnectorResult.Failed>(await writing.Run(sql, activity: "execute"));
        Assert.Equal((kind, delivered), (failed.Kind, failed.Delivered));
        if (delivered == Delivered.Maybe) Assert.Single(server.Statements, s => s == sql);
    }

    [Fact]
    public async Task A_read_ends_with_its_first_result()
    {
        server.Answer = (_, _) =>
            [.. TdsTokens.Columns(TdsColumn.Number("n", 0)), .. TdsTokens.Row(TdsColumn.Number("n", 1).Value),
                .. TdsTokens.Done(TdsTokens.More | TdsTokens.Count, 1), .. TdsTokens.Error(208, "No.")];
        var output = await reading.Query("SELECT n FROM t");
        Assert.Equal("[[1]]", output.GetProperty("rows").GetRawText());
        Assert.False(output.TryGetProperty("truncated", out var truncated) && truncated.GetBoolean());
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_cancelled_at_the_server()
    {
        server.Answer = (_, _) => null;
        var failed = Assert.IsType<ConnectorResult.Failed>(await reading.Run("SELECT 1", timeout: TimeSpan.FromSeconds(2)));
        Assert.Equal((FailureKind.Timeout, Delivered.No), (failed.Kind, failed.Delivered));
        await Eventually.Holds(() => Task.FromResult(server.Attentions == 1), "the server gets an attention");
        using var cancelled = new CancellationTokenSource();
        var running = writing.Run("DELETE t", ct: cancelled.Token);
        await Eventually.Holds(() => Task.FromResult(server.Statements.Contains("DELETE t")), "the statement runs");
        await cancelled.CancelAsync();
        Assert.Equal(Delivered.Maybe, Assert.IsType<ConnectorResult.Failed>(await running).Delivered);
        await Eventually.Holds(() => Task.FromResult(server.Attentions == 2), "the server gets an attention");
    }

    [Fact]
    public async Task Only_read_only_connections_are_repeatable()
    {
        var sql = System.Text.Json.JsonSerializer.SerializeToElement(new { sql = "SELECT 1" });
        Assert.True(reading.Connector.Repeatable("run-query", sql, reading.Use().Settings));
        Assert.False(writing.Connector.Repeatable("run-query", sql, writing.Use().Settings));
        await Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await reading.DisposeAsync();
        await writing.DisposeAsync();
        await server.DisposeAsync();
    }
}
